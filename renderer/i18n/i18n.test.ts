import { expect, test } from 'vitest'
import { errorCodes } from '../../shared/errors.ts'
import { knownCells } from '../viz/faces.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

/** Paths of every text, however deep. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, `${path}.${key}`))
}

test('both languages have exactly the same texts', () => {
  expect(pathsOf(zh).sort()).toEqual(pathsOf(en).sort())
})

test('every error has a sentence in both languages', () => {
  for (const code of errorCodes) {
    const error = { code, message: 'what happened', hint: 'what to do', details: { file: 'a.csv', line: 3 } }
    expect(en.errors.message(error)).not.toBe('')
    expect(zh.errors.message(error)).not.toBe('')
  }
})

test('a Chinese error names the place', () => {
  const error = { code: 'csv-ragged', message: '', hint: '', details: { file: 'a.csv', line: 3 } } as const
  expect(zh.errors.message(error)).toMatch(/^a\.csv，第 3 行：/)
})

test('a Chinese refusal of columns says what to choose', () => {
  const error = { code: 'spec-invalid', message: '', hint: '', details: { field: 'columns' } } as const
  expect(zh.errors.hint(error)).toBe('请至少把一列选为输入。')
})

test('what an engine says of itself is said in Chinese too, and one sequence is one', () => {
  expect(zh.engines.computes('fused SIMD kernels with FMA, one thread')).toBe('融合的 SIMD 内核（FMA），1 个线程')
  expect(zh.engines.computes("whole layers on TensorFlow's products, 8 threads")).toBe(
    '用 TensorFlow 的乘法，整层计算，8 个线程',
  )
  expect([en.data.rowsOf.tokens('1'), en.data.rowsOf.tokens('2')]).toEqual(['1 token sequence', '2 token sequences'])
})

test('every cell with a face of its own has a name and a sentence in both languages', () => {
  for (const cell of knownCells) {
    for (const t of [en, zh]) {
      expect(t.cells[cell], cell).toBeDefined()
      expect(t.cellNotes[cell], cell).toBeDefined()
    }
  }
})
