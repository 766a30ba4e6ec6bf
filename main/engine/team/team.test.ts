import { afterEach, describe, expect, test } from 'vitest'
import { wasm } from '../backends/wasm.ts'
import type { Job, Snapshot } from '../protocol.ts'
import { openJob, type Updated } from './member.ts'
import { sharesOf } from './shares.ts'
import { Team, type TeamOptions } from './team.ts'
import { Threads } from './threads.ts'
import { Trial, type Way } from './trial.ts'

const job: Job = {
  spec: {
    task: { id: 'adding', length: 12 },
    cells: [
      { cell: 'rnn', hiddenSize: 7, layers: 1 },
      { cell: 'lstm', hiddenSize: 8, layers: 2 },
      // Runs on the generic path.
      { cell: 'gru', hiddenSize: 5, layers: 1, weights: 'per-step' },
    ],
    training: {
      steps: 100,
      batchSize: 6,
      optimizer: 'adam',
      learningRate: 0.01,
      clipNorm: 1,
      init: 'pytorch',
      forgetBias: 1,
    },
    seed: 3,
  },
}

/** A trial that is over. */
function decided(way: Way): Trial {
  const trial = new Trial()
  for (let round = 0; round < 20; round++) {
    trial.add('in turns', way === 'in turns' ? 40 : 80)
    trial.add('side by side', way === 'in turns' ? 80 : 40)
  }
  return trial
}

const teams: Team[] = []
afterEach(async () => {
  for (const team of teams.splice(0)) await team.close()
})

async function teamOf(way: Way, options: Partial<TeamOptions> = {}): Promise<Team> {
  const { compute } = await wasm.start({ threads: 3 })
  const team = new Team(job, openJob(compute, job), { threads: 3, newTrial: () => decided(way), ...options })
  teams.push(team)
  return team
}

const all = { flow: true, validation: true, moments: { before: true, after: true } }
const round = (team: Team, runs = [0, 1, 2]) => team.update(runs.map((run) => ({ run, wanted: all })))

/** Goes round until the threads have started and the runs have moved there. */
async function away(team: Team, go: () => Promise<unknown>): Promise<void> {
  do await go()
  while (team.way === 'in turns')
}

const states = (team: Team): Promise<Snapshot[]> => Promise.all([0, 1, 2].map((run) => team.snapshot(run)))

describe('side by side', () => {
  test('is the same as in turns, bit for bit: what is trained, its flow, its scores, its moments', async () => {
    const [turns, beside] = [await teamOf('in turns'), await teamOf('side by side')]
    const both: [Updated[], Updated[]][] = []
    const go = async (runs?: number[]) => void both.push([await round(turns, runs), await round(beside, runs)])
    // Turns go on until the threads are there.
    await away(beside, go)
    for (let k = 0; k < 4; k++) await go()
    expect(await states(beside)).toEqual(await states(turns))
    expect(await beside.update([])).toEqual([])
    expect([turns.way, beside.way]).toEqual(['in turns', 'side by side'])

    // One that is left has all threads, where it began; and who comes back finds threads again.
    await go([1])
    expect(beside.way).toBe('in turns')
    await away(beside, go)
    // Two of three, as when one has failed.
    await go([0, 2])
    await away(beside, () => go([0, 2]))
    await go([0, 2])
    expect(await states(beside)).toEqual(await states(turns))
    for (const [expected, found] of both) expect(found).toEqual(expected)
  }, 60_000)

  test('is left where a trial finds turns faster, and what was asked on the way is answered', async () => {
    const trial = new Trial()
    const team = await teamOf('in turns', { newTrial: () => trial })
    for (let k = 0; k < 20; k++) trial.add('in turns', 60)
    await away(team, () => round(team))
    const before = await states(team)
    for (let k = 0; k < 20; k++) trial.add('side by side', 90)
    const [[first]] = await Promise.all([round(team), states(team)])
    expect(team.way).toBe('in turns')
    expect(first?.trained?.step).toBe((before[0] as Snapshot).step + 1)
    expect((await states(team)).map(({ step }) => step)).toEqual(before.map(({ step }) => step + 1))
  }, 60_000)

  test('says engine-died where a thread has ended', async () => {
    const team = await teamOf('side by side')
    await away(team, () => round(team))
    await team.close()
    const updated = await round(team)
    expect(updated.map(({ failure }) => failure?.code)).toEqual(['engine-died', 'engine-died', 'engine-died'])
    await expect(team.snapshot(0)).rejects.toMatchObject({ code: 'engine-died' })
    await expect(round(team, [1])).rejects.toMatchObject({ code: 'engine-died' })
  }, 60_000)

  test('is tried by runs that are several, on several threads, and by nobody else', async () => {
    const started: (readonly number[])[] = []
    const start: typeof Threads.start = (given, shares) => {
      started.push(shares.flatMap(({ runs }) => runs))
      return Threads.start(given, shares)
    }
    await round(await teamOf('side by side', { threads: 1, start }))
    await round(await teamOf('side by side', { start }), [2])
    await round(await teamOf('side by side', { start, newTrial: () => new Trial() }))
    expect(started).toEqual([])
    const team = await teamOf('side by side', { start })
    await round(team, [0, 2])
    await round(team, [0, 2])
    expect(started.map((runs) => runs.toSorted())).toEqual([[0, 2]])
  })

  test('a system that gives no threads trains in turns', async () => {
    const team = await teamOf('side by side', { start: () => Promise.reject(new Error('no threads')) })
    for (let k = 0; k < 3; k++) expect((await round(team))[0]?.trained?.step).toBe(k + 1)
    expect(team.way).toBe('in turns')
  })
})

test('a trial compares medians, without what was still compiled, once both ways took their time', () => {
  const trial = new Trial()
  for (let k = 0; k < 4; k++) trial.add('in turns', 1000)
  for (let k = 0; k < 8; k++) trial.add('in turns', 50 + k)
  expect(trial.knows('in turns')).toBe(false)
  trial.add('in turns', 1000)
  expect(trial.knows('in turns')).toBe(true)
  for (let k = 0; k < 50; k++) trial.add('side by side', 9)
  expect([trial.knows('side by side'), trial.faster]).toEqual([false, undefined])
  for (let k = 0; k < 6; k++) trial.add('side by side', 9)
  expect(trial.times).toEqual({ 'in turns': 54, 'side by side': 9 })
  expect(trial.faster).toBe('side by side')
})

test('threads go to the runs so that the slowest share is as fast as it can be', () => {
  const of = (costs: number[], threads: number) =>
    sharesOf(
      costs.map((cost, run) => [run, cost] as const),
      threads,
    ).map((share) => [share.runs, share.threads])
  expect(of([1, 4], 2)).toEqual([
    [[1], 1],
    [[0], 1],
  ])
  expect(of([1, 4], 5)).toEqual([
    [[1], 4],
    [[0], 1],
  ])
  // Fewer threads than runs: the longest first, each to whoever has least.
  expect(of([3, 5, 2, 4], 2)).toEqual([
    [[1, 2], 1],
    [[3, 0], 1],
  ])
})
