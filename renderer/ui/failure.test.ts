import { expect, test } from 'vitest'
import { checkDistances } from '../../main/engine/tasks/distances.ts'
import { LabError } from '../../shared/errors.ts'
import { en } from '../i18n/en.ts'
import { zh } from '../i18n/zh.ts'
import { failureOf } from './failure.ts'

function refused(): unknown {
  try {
    checkDistances({ minDistance: 25, maxDistance: 20, testDistance: 40 })
  } catch (thrown) {
    return (thrown as LabError).toJSON()
  }
  return undefined
}

test('a refused field has the name that its form gives it', () => {
  expect(failureOf(refused(), en)).toEqual({
    message: '“Distance to” is 20, less than “Distance from”, which is 25.',
    hint: 'Set “Distance to” to at least 25, or lower “Distance from”.',
    field: 'task.maxDistance',
  })
  expect(failureOf(refused(), zh).message).toBe('“距离到”：设置不对。现在是 20。')
  const unknown = new LabError('spec-invalid', 'task.id: there is no task "x".', '', { field: 'task.id' })
  expect(failureOf(unknown.toJSON(), en).message).toBe('task.id: there is no task "x".')
})
