import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import type { Moment } from '../../engine/protocol.ts'
import { Moments } from './moments.ts'
import { Objects } from './objects.ts'
import { migrate } from './schema.ts'

let folder = ''
let database: DatabaseSync
let moments: Moments
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-moments-'))
  database = new DatabaseSync(':memory:')
  migrate(database, folder)
  database.exec(`INSERT INTO experiments (id, name, created_at, updated_at, spec, engine, facts, epoch)
                 VALUES ('e', 'e', 0, 0, '{}', 'wasm', '{}', 0)`)
  const isUsed = (hash: string) => database.prepare('SELECT 1 FROM moments WHERE hash = ?').get(hash) !== undefined
  moments = new Moments(database, new Objects(folder), 'e', isUsed)
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const moment = (step: number, size = 3): Moment => ({
  step,
  parameters: { w: ndarray([size], new Float32Array(size).fill(step)) },
  gates: { share: ndarray([], Float32Array.of(step)) },
})
const files = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length

test('keeps at most 64 of a run and their files, and finds each whole', async () => {
  for (let step = 0; step <= 100; step++) await moments.save(0, moment(step))
  await moments.save(1, moment(5))
  const steps = moments.steps(0)
  expect([steps.length, steps[0], steps.at(-1)]).toEqual([64, 0, 100])
  expect(await files()).toBe(65)
  expect((await moments.load(0, 0)).parameters.w?.data).toEqual(new Float32Array(3))
  expect((await moments.load(0, 100)).parameters.w?.data[0]).toBe(100)
  expect(moments.gates(0).map(({ gates }) => gates.share?.data[0])).toEqual(steps)
  expect(moments.steps(1)).toEqual([5])
  await expect(moments.load(0, 101)).rejects.toMatchObject({ code: 'not-found' })
})

test('lets parameters go that are too large, and still knows the gates', async () => {
  for (let step = 0; step < 6; step++) await moments.save(0, moment(step, 5_000_000))
  expect(moments.steps(0)).toHaveLength(4)
  expect(moments.steps(0).at(-1)).toBe(5)
  expect(await files()).toBe(4)
  expect(moments.gates(0)).toHaveLength(6)
})

test('forgets what comes after a step that is gone on from', async () => {
  for (const step of [0, 10, 20, 30]) await moments.save(0, moment(step))
  moments.dropAfter(0, 20)
  expect(moments.steps(0)).toEqual([0, 10, 20])
  await moments.save(0, moment(25))
  expect(moments.gates(0).map(({ step }) => step)).toEqual([0, 10, 20, 25])
})

test('goes with its experiment', async () => {
  database.exec('PRAGMA foreign_keys = ON')
  await moments.save(0, moment(1))
  database.exec("DELETE FROM experiments WHERE id = 'e'")
  expect(moments.gates(0)).toEqual([])
})
