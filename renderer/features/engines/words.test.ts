import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { deviceOf, paceOf, reasonOf } from './words.ts'

const timings = [
  { id: 'tensorflow-cpu', ms: 2.61 },
  { id: 'wasm', ms: 41.2 },
]

test('says why an experiment trains on its engine', () => {
  expect(reasonOf({ choice: { asked: 'auto', timings } }, en)).toBe('auto: TensorFlow CPU 2.6 ms, WebAssembly 41 ms')
  expect(reasonOf({ choice: { asked: 'wasm' } }, en)).toBe('asked for')
  expect(reasonOf({ choice: { asked: 'auto' } }, zh)).toBe('auto：没有别的可用')
  expect(reasonOf({}, en)).toBe('chosen by auto')
})

test('says how fast it goes and how long it takes, once that is known', () => {
  expect(paceOf({ stage: 'compile' }, en)).toBe('')
  expect(paceOf({ stage: 'download', rate: 8.4e6, left: 49.1 }, en)).toBe('8.4 MB/s, about 50 s left')
  expect(paceOf({ stage: 'download', rate: 8.4e6, left: 91 }, zh)).toBe('每秒 8.4 MB，约剩 2 分钟')
})

test('says the device and its memory', () => {
  const engine = { id: 'webgpu', state: 'ready', description: '', version: '' } as const
  expect(deviceOf(engine, en)).toBeUndefined()
  expect(deviceOf({ ...engine, device: { name: 'A' } }, en)).toBe('A')
  expect(deviceOf({ ...engine, device: { name: 'A', bytes: 80e9 } }, en)).toBe('A, 80.0 GB of memory')
})
