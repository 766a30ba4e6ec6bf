import { beforeAll, describe, expect, test } from 'vitest'
import { FindQuery } from '../../../shared/inspect.ts'
import { parse } from '../../../shared/validation.ts'
import { wasm } from '../backends/wasm.ts'
import type { Compute } from '../layers/layer.ts'
import type { Session } from '../session.ts'
import { find } from './find.ts'
import { bestPlaces, standardise, Trajectory } from './similarity.ts'
import { openSmall } from './small-session.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})
const query = (fields: object) =>
  parse(
    FindQuery,
    { run: 0, index: 0, layer: 0, of: 'hidden', units: [0, 1, 2], from: 1, to: 3, ...fields },
    'message-invalid',
    'test',
  )
const ask = async (session: Session, fields: object) =>
  find(await session.subject(), query(fields), { cancelled: false })
const agreement = (cells: object[] = [{ cell: 'lstm' }]) =>
  openSmall(compute, 'agreement', { maxDistance: 5, testDistance: 5 }, cells)

describe('similarity', () => {
  const one = (...values: number[]) => new Trajectory(1, Float32Array.from(values))

  test('by hand: the same swing at half the size is alike, its opposite is not', async () => {
    const found = await bestPlaces(one(1, -1), one(0, 2, -2, -1, 1), 9)
    expect(found[0]).toEqual({ from: 1, score: expect.closeTo(1, 12) })
    expect(found.at(-1)).toEqual({ from: 3, score: expect.closeTo(-1, 12) })
    for (const [k, place] of found.entries()) {
      for (const other of found.slice(k + 1)) expect(Math.abs(place.from - other.from)).toBeGreaterThanOrEqual(2)
    }
    expect((await bestPlaces(one(1, -1), one(0, 2, -2, -1, 1), 9, 1)).map(({ from }) => from)).not.toContain(1)
    expect(await bestPlaces(one(1, -1), one(3), 9)).toEqual([])
    expect(await bestPlaces(one(0, 0), one(1, 2, 3), 1)).toEqual([{ from: 0, score: 0 }])
  })

  test('every unit counts by its own deviation, one that never moves not at all', () => {
    const scale = standardise([
      new Trajectory(2, Float32Array.of(0, 7, 4, 7)),
      new Trajectory(2, Float32Array.of(8, 7)),
    ])
    const { values } = scale(new Trajectory(2, Float32Array.of(4, 7, 8, 9)))
    expect([...values]).toEqual([0, 0, expect.closeTo(Math.sqrt(1.5), 6), 0])
  })
})

test('what is found is alike: sentences that begin with the same words are the same place', async () => {
  const session = agreement()
  // Minimal pairs share all words before the subject, so their states are the same there.
  const { places, examined, available, cancelled } = await ask(session, { from: 0, to: 1, limit: 5 })
  const [best] = places
  expect(best?.score).toBeCloseTo(1, 4)
  const { vocabulary } = session.task.facts
  const { inputs } = session.task.heldOut('test', 1)
  expect(best?.tokens).toEqual([0, 1].map((t) => vocabulary?.[inputs.data[t] as number]))
  expect([examined, available, cancelled]).toEqual([1000, 1000, false])
  expect(places.map(({ score }) => score)).toEqual(places.map(({ score }) => score).toSorted((a, b) => b - a))
  expect(places.some(({ index, from }) => index === 0 && from < 2)).toBe(false)
})

test('looks through training as well, and ends when it is told to', async () => {
  const session = agreement()
  const { places, available } = await ask(session, { of: 'cell', within: ['train', 'validation'], limit: 100 })
  expect(available).toBe(2 + 256)
  expect(new Set(places.map(({ examples }) => examples)).has('validation')).toBe(true)
  const search = { cancelled: false }
  const searching = find(await session.subject(), query({}), search)
  search.cancelled = true
  const { cancelled, examined } = await searching
  expect(cancelled).toBe(true)
  expect(examined).toBeLessThan(1000)
})

test('refuses what is not there', async () => {
  const session = agreement([{ cell: 'gru' }])
  await expect(ask(session, { run: 1 })).rejects.toMatchObject({ code: 'not-found' })
  await expect(ask(session, { layer: 1 })).rejects.toMatchObject({ details: { field: 'layer' } })
  await expect(ask(session, { of: 'cell' })).rejects.toMatchObject({ details: { field: 'of' } })
  await expect(ask(session, { units: [3] })).rejects.toMatchObject({ details: { field: 'units', value: 3 } })
  await expect(ask(session, { from: 0, to: 60 })).rejects.toMatchObject({ details: { field: 'to' } })
  expect(() => query({ from: 4, to: 3 })).toThrow()
  expect(() => query({ from: 0, to: 100 })).toThrow()
})
