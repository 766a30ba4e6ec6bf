import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Edit, SetHeader } from '../../../shared/sequences.ts'
import { RunSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { folder, handlers, lab, start } from '../test-lab.ts'

const trainOn = async (file: string, name: string) => {
  const spec = { task: { id: 'tokens', file }, cells: [{ cell: 'lstm', hiddenSize: 3 }], training: { steps: 1 } }
  return handlers.experiments.create(parse(RunSpec, spec, 'spec-invalid', 'test'), name)
}
const content = async (ref: string) => new TextDecoder().decode((await handlers.datasets.export(ref, 'jsonl')).bytes)

const words: SetHeader = {
  inputs: 'tokens',
  target: 'class',
  classes: null,
  vocabulary: null,
  tokenizer: { id: 'whitespace' },
}
const four = (['train', 'train', 'validation', 'test'] as const).map((split, k) => ({
  inputs: `animal ${k}`,
  target: k % 2 ? 'a' : 'b',
  split,
  tags: {},
  note: '',
}))
const versionsOf = async (id: string) =>
  (await handlers.datasets.versions(id)).map(({ version, isNow, live, trainings }) => [
    version,
    isNow,
    live !== null,
    trainings
      .map(({ name }) => name)
      .sort()
      .join(),
  ])

it('are listed with what changed and who refers to them, looked at, and restored', async () => {
  const { id } = await handlers.datasets.create('animals', words)
  const edit = (step: Edit) => handlers.datasets.edit(id, step)
  await edit({ do: 'insert', after: null, rows: four })
  expect(await handlers.datasets.versions(id)).toEqual([])
  const first = await trainOn(id, 'first')
  const before = await content(id)
  await edit({ do: 'replace', in: 'inputs', find: '0', by: 'none' })
  await edit({ do: 'remove', ids: Int32Array.of(2) })
  await edit({ do: 'duplicate', ids: Int32Array.of(1) })
  await edit({ do: 'duplicate', ids: Int32Array.of(1) })
  await handlers.datasets.undo(id)
  const second = await trainOn(id, 'second')
  const third = await trainOn(id, 'third')
  await handlers.experiments.remove(third.id)
  await edit({ do: 'set', cells: [{ id: 1, field: 'note', value: 'later' }] })
  const after = await content(id)

  expect(await handlers.datasets.versions(id)).toMatchObject([
    {
      version: 2,
      rows: 4,
      since: { edits: ['replace', 'remove', 'duplicate'], added: 1, removed: 1, changed: 1 },
      isNow: false,
      trainings: [{ id: second.id, name: 'second' }],
    },
    { version: 1, rows: 4, since: null, live: null, trainings: [{ id: first.id, name: 'first' }] },
  ])
  const old = `${id}@1`
  expect(await content(old)).toBe(before)
  expect(await handlers.datasets.state(old)).toMatchObject({ shows: 1, rows: 4, undo: null })
  const ids = await handlers.datasets.rows(old, { find: 'animal' })
  expect((await handlers.datasets.page(old, ids)).rows[0]?.inputs).toEqual(['animal', '0'])
  expect((await handlers.datasets.insight(old)).tokens).toContainEqual(['animal', 4])
  await expect(handlers.datasets.state(`${id}@9`)).rejects.toMatchObject({ code: 'not-found' })

  expect(await edit({ do: 'restore', version: 1 })).toMatchObject({ undo: 'restore', shows: null })
  expect(await content(id)).toBe(before)
  // A training now would refer to the version that it is again.
  await trainOn(id, 'again')
  expect(await content(id)).toBe(before)
  await handlers.datasets.undo(id)
  expect(await content(id)).toBe(after)
  await lab.close()
  await start()
  await handlers.datasets.redo(id)
  expect(await content(id)).toBe(before)
})

it('of a live set are exact, and bring its dials back', async () => {
  const recipe = { task: { id: 'agreement', maxDistance: 6, testDistance: 8 }, seed: 5, rows: 40 }
  const { id, length, live, preview } = await handlers.datasets.generate('drawn', recipe)
  expect(length).toBe(40)
  // With every dial that was left to its default.
  expect(live).toMatchObject({ ...recipe, task: { minDistance: 0, attractors: 2, ...recipe.task } })
  expect(preview).toContain('→ was')
  const before = await content(id)
  await trainOn(id, 'first')
  await handlers.datasets.edit(id, { do: 'draw', recipe: { ...recipe, seed: 6 } })
  expect(await content(id)).not.toBe(before)
  await trainOn(id, 'second')
  await handlers.datasets.edit(id, { do: 'freeze' })
  await handlers.datasets.edit(id, { do: 'remove', ids: Int32Array.of(1, 2) })
  await trainOn(id, 'third')
  await lab.close()
  await start()
  expect(await handlers.datasets.versions(id)).toMatchObject([
    { version: 3, rows: 38, live: null, since: { edits: ['freeze', 'remove'], added: 0, removed: 2 }, isNow: true },
    { version: 2, rows: 40, live: { seed: 6 }, since: { edits: ['draw'], added: 0 } },
    { version: 1, rows: 40, live, since: null },
  ])
  expect(await content(`${id}@1`)).toBe(before)
  expect(await handlers.datasets.edit(id, { do: 'restore', version: 1 })).toMatchObject({ live, rows: 40 })
  expect(await content(id)).toBe(before)
  expect(await handlers.datasets.undo(id)).toMatchObject({ live: null, rows: 38 })
})

it('are kept by two trainings at once as by one', async () => {
  const { id } = await handlers.datasets.create('animals', words)
  await handlers.datasets.edit(id, { do: 'insert', after: null, rows: four })
  await Promise.all([trainOn(id, 'a'), trainOn(id, 'b')])
  expect(await versionsOf(id)).toEqual([[1, true, false, 'a,b']])
})

it('are one where all is as it was, whether taken back, restored or typed again', async () => {
  const { id } = await handlers.datasets.create('animals', words)
  const rename = () => handlers.datasets.edit(id, { do: 'replace', in: 'target', find: 'a', by: 'c' })
  await handlers.datasets.edit(id, { do: 'insert', after: null, rows: four })
  await trainOn(id, 'a')
  await rename()
  await trainOn(id, 'b')
  await handlers.datasets.undo(id)
  expect(await versionsOf(id)).toEqual([
    [2, false, false, 'b'],
    [1, true, false, 'a'],
  ])
  await handlers.datasets.redo(id)
  await handlers.datasets.edit(id, { do: 'restore', version: 1 })
  await trainOn(id, 'c')
  await rename()
  await trainOn(id, 'd')
  expect(await versionsOf(id)).toEqual([
    [2, true, false, 'b,d'],
    [1, false, false, 'a,c'],
  ])
})

it('of a live set and of the same rows frozen are two', async () => {
  const { id } = await handlers.datasets.generate('drawn', { task: { id: 'agreement' }, seed: 5, rows: 40 })
  await trainOn(id, 'a')
  await handlers.datasets.edit(id, { do: 'freeze' })
  await trainOn(id, 'b')
  expect(await versionsOf(id)).toEqual([
    [2, true, false, 'b'],
    [1, false, true, 'a'],
  ])
  await handlers.datasets.edit(id, { do: 'restore', version: 1 })
  expect((await handlers.datasets.state(id)).live).not.toBeNull()
  await handlers.datasets.edit(id, { do: 'restore', version: 2 })
  expect(await handlers.datasets.state(id)).toMatchObject({ live: null, rows: 40 })
})

it('come back frozen where what drew them draws other rows today', async () => {
  const { id } = await handlers.datasets.generate('drawn', { task: { id: 'agreement' }, seed: 5, rows: 40 })
  await trainOn(id, 'a')
  const before = await content(id)
  await handlers.datasets.edit(id, { do: 'draw', recipe: { task: { id: 'agreement' }, seed: 6, rows: 40 } })
  await lab.close()
  // As if a generator had been changed since: to that seed belong other rows.
  const database = new DatabaseSync(join(folder, 'lab.sqlite'))
  database.exec("UPDATE sequence_versions SET facts = json_set(facts, '$.live.seed', 7)")
  database.close()
  await start()
  expect(await handlers.datasets.edit(id, { do: 'restore', version: 1 })).toMatchObject({ live: null, rows: 40 })
  expect(await content(id)).toBe(before)
})

it('and all else stay at hand where a set refuses its own dials by now', async () => {
  const { id } = await handlers.datasets.generate('drawn', { task: { id: 'agreement' }, seed: 5, rows: 40 })
  await trainOn(id, 'a')
  const before = await content(id)
  await lab.close()
  const database = new DatabaseSync(join(folder, 'lab.sqlite'))
  database.exec("UPDATE sequence_sets SET live = json_set(live, '$.task.maxDistance', -1)")
  database.close()
  await start()
  expect(await handlers.datasets.list()).toMatchObject([{ id, length: 40 }])
  const other = await handlers.datasets.create('drawn', words)
  expect(other.name).toBe('drawn 2')
  expect(await handlers.datasets.rename(other.id, 'mine')).toMatchObject({ name: 'mine' })
  await expect(handlers.datasets.state(id)).rejects.toMatchObject({ code: 'spec-invalid' })
  expect(await content(`${id}@1`)).toBe(before)
  expect(await handlers.datasets.versions(id)).toHaveLength(1)
})

it('and rows of a live set are drawn while others get their turns, the dials that were turned last', async () => {
  const recipe = { task: { id: 'adding', length: 400 }, seed: 5, rows: 1000 }
  const { id } = await handlers.datasets.generate('sums', recipe)
  const times: number[] = []
  const clock = setInterval(() => times.push(performance.now()), 1)
  const first = handlers.datasets.state(id)
  await wait(5)
  const second = handlers.datasets.edit(id, { do: 'draw', recipe: { ...recipe, seed: 6 } })
  expect(await Promise.all([first, second])).toMatchObject([
    { rows: 1000, live: { seed: 6 } },
    { rows: 1000, live: { seed: 6 } },
  ])
  clearInterval(clock)
  expect(times.length).toBeGreaterThan(3)
  const drawn = await content(id)
  await handlers.datasets.edit(id, { do: 'freeze' })
  expect(await content(id)).toBe(drawn)
})
