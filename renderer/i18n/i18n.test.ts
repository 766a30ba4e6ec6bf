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

test('every cell with a face of its own has a name and a sentence in both languages', () => {
  for (const cell of knownCells) {
    for (const t of [en, zh]) {
      expect(t.cells[cell], cell).toBeDefined()
      expect(t.cellNotes[cell], cell).toBeDefined()
    }
  }
})
