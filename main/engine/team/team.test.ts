import { afterEach, describe, expect, test } from 'vitest'
import { wasm } from '../backends/wasm.ts'
import type { Job, Snapshot } from '../protocol.ts'
import { openJob, type Updated } from './member.ts'
import { sharesOf } from './shares.ts'
import { Team } from './team.ts'
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

async function teamOf(trial: Trial, room = { threads: 3, bytes: 0 }): Promise<Team> {
  const { compute } = await wasm.start({ threads: room.threads })
  const team = new Team(job, openJob(compute, job).members, room, trial)
  teams.push(team)
  return team
}

const all = { flow: true, validation: true, moments: { before: true, after: true } }
const round = (team: Team, runs = [0, 1, 2]) => team.update(runs.map((run) => ({ run, wanted: all })))
const states = (team: Team): Promise<Snapshot[]> => Promise.all([0, 1, 2].map((run) => team.snapshot(run)))

describe('side by side', () => {
  test('is the same as in turns, bit for bit: what is trained, its flow, its scores, its moments', async () => {
    const turns = await teamOf(decided('in turns'))
    const beside = await teamOf(decided('side by side'))
    const both: [Updated[], Updated[]][] = []
    for (let k = 0; k < 6; k++) both.push([await round(turns), await round(beside)])
    // Turns go on until the threads are there.
    for (; beside.pace.way === 'in turns'; ) both.push([await round(turns), await round(beside)])
    for (let k = 0; k < 4; k++) both.push([await round(turns), await round(beside)])
    for (const [expected, found] of both) expect(found).toEqual(expected)
    expect(await states(beside)).toEqual(await states(turns))
    expect(turns.pace.way).toBe('in turns')

    // One that is left has all threads, here.
    expect(await round(beside, [1])).toEqual(await round(turns, [1]))
    expect(beside.pace.way).toBe('in turns')
    expect(await round(beside)).toEqual(await round(turns))
    expect(await states(beside)).toEqual(await states(turns))
  }, 60_000)

  test('says engine-died where a thread has ended', async () => {
    const team = await teamOf(decided('side by side'))
    while (team.pace.way === 'in turns') await round(team)
    await team.close()
    const updated = await round(team)
    expect(updated.map(({ failure }) => failure?.code)).toEqual(['engine-died', 'engine-died', 'engine-died'])
    await expect(team.snapshot(0)).rejects.toMatchObject({ code: 'engine-died' })
  })

  test('is not tried on one thread, nor where memory is short', async () => {
    for (const room of [
      { threads: 1, bytes: 0 },
      { threads: 3, bytes: Number.MAX_SAFE_INTEGER },
    ]) {
      const team = await teamOf(decided('side by side'), room)
      await round(team)
      await new Promise((resolve) => setTimeout(resolve, 300))
      await round(team)
      expect(team.pace.way).toBe('in turns')
    }
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
  expect(sharesOf([1, 4], 2)).toEqual([
    { runs: [1], threads: 1 },
    { runs: [0], threads: 1 },
  ])
  expect(sharesOf([1, 4], 5).map(({ runs, threads }) => [...runs, threads])).toEqual([
    [1, 4],
    [0, 1],
  ])
  // Fewer threads than runs: the longest first, each to whoever has least.
  expect(sharesOf([3, 5, 2, 4], 2).map(({ runs }) => runs)).toEqual([
    [1, 2],
    [3, 0],
  ])
})
