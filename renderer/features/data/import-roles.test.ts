import { expect, test } from 'vitest'
import { ImportSettings } from '../../../shared/import.ts'
import { parse } from '../../../shared/validation.ts'
import { withRole } from './import-roles.ts'

const roles = ['group', 'time', 'input', 'ignore', 'ignore'] as const
const settings = (part: object) =>
  parse(
    ImportSettings,
    {
      format: 'csv',
      columns: ['who', 'day', 'pulse', 'verdict', 'score'].map((name, k) => ({ name, role: roles[k] })),
      layout: 'long',
      inputs: 'numbers',
      target: 'next',
      ...part,
    },
    'message-invalid',
    'test',
  )
const records = [
  ['A', '1', '60', '', '0.5'],
  ['A', '2', '61', 'well', '0.7'],
]
const split = { by: 'time', tag: 'step', validation: 0.1, test: 0.1, seed: 1 }

test('an answer in words is asked as a class of whole sequences, a number as a value', () => {
  const windows = settings({ window: { size: 6, stride: 1, horizon: 1 }, split })
  expect(withRole(windows, records, 3, 'target')).toMatchObject({
    target: 'class',
    window: null,
    split: { by: 'random' },
  })
  expect(withRole(windows, records, 4, 'target')).not.toHaveProperty('window')
  expect(withRole(settings({}), records, 4, 'target')).toMatchObject({ target: 'every-step' })
  expect(withRole(settings({ layout: 'wide' }), records, 4, 'target')).toMatchObject({ target: 'value' })
  expect(withRole(settings({ inputs: 'tokens' }), records, 4, 'target')).toMatchObject({ target: 'class' })
  expect(withRole(settings({}), [['A', '1', '60', '[1,2]', '']], 3, 'target')).not.toHaveProperty('target')
})

test('a role that one column has at most is given up by the one that had it, and with the answer what asked for it', () => {
  const answered = {
    ...settings({ target: 'class' }),
    ...withRole(settings({ target: 'class' }), records, 3, 'target'),
  }
  const { columns } = withRole(answered, records, 4, 'target')
  expect(columns?.map(({ role }) => role)).toEqual(['group', 'time', 'input', 'ignore', 'target'])
  expect(withRole(answered, records, 3, 'tag')).toMatchObject({ target: 'next' })
  expect(withRole(answered, records, 3, 'split')).toMatchObject({ split: null })
  expect(withRole(answered, records, 4, 'input').columns?.filter(({ role }) => role === 'input')).toHaveLength(2)
})
