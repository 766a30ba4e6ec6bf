import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { newName } from './labels.ts'

test('two experiments on the same data and cells are told apart by their names', () => {
  const cells = [{ cell: 'rnn' }, { cell: 'lstm' }]
  expect(newName('mood.csv', cells, [], en)).toBe('mood: RNN, LSTM')
  expect(newName('mood.csv', cells, ['mood: RNN, LSTM'], en)).toBe('mood: RNN, LSTM 2')
})
