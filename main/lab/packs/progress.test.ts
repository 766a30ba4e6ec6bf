import { expect, test } from 'vitest'
import { Meter } from './progress.ts'

const download = (done: number, total = 1000) => ({ stage: 'download', done, total }) as const

test('the rate is that of the last seconds, and what is left takes as long at it', () => {
  const meter = new Meter()
  expect(meter.read(download(0), 0)).toEqual(download(0))
  expect(meter.read(download(10), 100)).toEqual(download(10))
  expect(meter.read(download(100), 1000)).toEqual({ ...download(100), rate: 100, left: 9 })
  for (let second = 2; second <= 7; second++) meter.read(download(100), second * 1000)
  // It stands still: no rate, and no time that would be made up.
  expect(meter.read(download(100), 8000)).toEqual(download(100))
  const { rate, left } = meter.read(download(300), 9000)
  expect([rate, left]).toEqual([40, 17.5])
})

test('a stage, or another file of it, has a pace of its own', () => {
  const meter = new Meter()
  meter.read(download(0), 0)
  expect(meter.read(download(500), 1000).rate).toBe(500)
  expect(meter.read(download(0, 50), 1001)).toEqual(download(0, 50))
  expect(meter.read({ stage: 'unpack', done: 5, total: 50 }, 2000).rate).toBeUndefined()
  expect(meter.read({ stage: 'compile' }, 3000)).toEqual({ stage: 'compile' })
})
