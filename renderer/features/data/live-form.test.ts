import { expect, test } from 'vitest'
import type { Recipe } from '../../../shared/sequences.ts'
import { LiveForm } from './live-form.svelte.ts'

const length = { type: 'integer', minimum: 2, maximum: 5000, default: 50 }
const tasks = [{ id: 'adding', needs: 'nothing', schema: { properties: { id: { const: 'adding' }, length } } }] as const
const live: Recipe = { task: { id: 'adding', length: 50 }, seed: 1, rows: 100 }
/** A form, and what it asks to be drawn; each drawing waits to be answered. */
const dials = () => {
  const asked: Recipe[] = []
  const answers: ((done: boolean) => void)[] = []
  const form = new LiveForm(tasks, live, (recipe) => {
    asked.push(recipe)
    return new Promise((resolve) => answers.push(resolve))
  })
  return { form, asked, answer: (done: boolean) => answers.shift()?.(done) }
}

test('dials that are turned while rows are drawn stay, and the last that they say is drawn', async () => {
  const { form, asked, answer } = dials()
  form.seed = 2
  const done = form.turned()
  form.rows = 200
  void form.turned()
  form.numbers.length = 60
  void form.turned()
  answer(true)
  // The set is what was asked first: the dials are further on.
  form.follow({ ...live, seed: 2 })
  await Promise.resolve()
  expect([form.seed, form.rows, form.numbers.length]).toEqual([2, 200, 60])
  answer(true)
  await done
  expect(asked).toEqual([
    { ...live, seed: 2 },
    { task: { id: 'adding', length: 60 }, seed: 2, rows: 200 },
  ])
})

test('what was undone elsewhere turns the dials back; what was refused can be tried again', async () => {
  const { form, asked, answer } = dials()
  form.seed = 2
  const refused = form.turned()
  answer(false)
  await refused
  expect(form.seed).toBe(2)
  const drawn = form.turned()
  answer(true)
  await drawn
  expect(asked).toHaveLength(2)
  form.follow({ ...live, seed: 2, task: { ...live.task, more: 1 } })
  form.follow({ ...live, task: { ...live.task, more: 1 } })
  expect([form.seed, form.rows]).toEqual([1, 100])
  await form.turned()
  expect(asked).toHaveLength(2)
})
