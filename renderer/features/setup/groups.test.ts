import { expect, test } from 'vitest'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { groupTasks } from './groups.ts'

const task = (id: string) => ({ id, needs: 'nothing', schema: {} }) as const

test('tasks stand in their groups, and one that is not known stands last', () => {
  const grouped = groupTasks(['mine', 'csv', 'parity', 'adding'].map(task))
  expect(grouped.map(({ id, tasks }) => [id, ...tasks.map((one) => one.id)])).toEqual([
    ['distance', 'adding', 'parity'],
    ['own', 'csv'],
    ['other', 'mine'],
  ])
})

test('every task with a name says what it shows, in both languages', () => {
  for (const t of [en, zh]) expect(Object.keys(t.taskNotes).sort()).toEqual(Object.keys(t.tasks).sort())
})
