import { afterEach, beforeAll, expect, test } from 'vitest'
import { LabError } from '../../shared/errors.ts'
import type { Rows, RunState } from '../../shared/telemetry.ts'
import { wasm } from './backends/wasm.ts'
import type { Compute } from './layers/layer.ts'
import type { Job, Snapshot } from './protocol.ts'
import { Session } from './session.ts'
import { Trial, type Way } from './team/trial.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start({ threads: 2 })).compute
})

const sessions: Session[] = []
afterEach(async () => {
  for (const session of sessions.splice(0)) {
    await session.pause()
    await session.close()
  }
})

const jobOf = (steps: number): Job => ({
  spec: {
    task: { id: 'adding', length: 6 },
    cells: [
      { cell: 'rnn', hiddenSize: 4, layers: 1 },
      { cell: 'lstm', hiddenSize: 4, layers: 1 },
    ],
    training: {
      steps,
      batchSize: 4,
      optimizer: 'adam',
      learningRate: 0.01,
      clipNorm: 1,
      init: 'pytorch',
      forgetBias: 1,
    },
    seed: 1,
  },
})

/** A session whose trial is over, and what it tells. */
function open(job: Job, way: Way, engine = compute) {
  const told = {
    steps: [[], []] as number[][],
    flow: [[], []] as number[][],
    moments: [[], []] as number[][],
    states: [] as RunState[],
    failures: [] as (string | undefined)[],
    checkpoints: [] as Snapshot[],
  }
  const session = new Session(
    engine,
    job,
    {
      rows(run: number, { history, flow }: Rows) {
        told.steps[run]?.push(...history.step)
        told.flow[run]?.push(...flow.step)
      },
      state(run, state, _step, _speed, failure) {
        told.states[run] = state
        told.failures[run] = failure?.code
      },
      checkpoint(run, snapshot) {
        told.checkpoints[run] = snapshot
      },
      moment: (run, { step }) => void told.moments[run]?.push(step),
    },
    {
      newTrial: () => {
        const trial = new Trial()
        for (let k = 0; k < 20; k++) {
          for (const each of ['in turns', 'side by side'] as const) trial.add(each, each === way ? 40 : 80)
        }
        return trial
      },
    },
  )
  sessions.push(session)
  return { session, told }
}

const upTo = (last: number, first = 1) => Array.from({ length: last + 1 - first }, (_, k) => first + k)
const until = async (done: () => boolean) => {
  for (let k = 0; k < 2000 && !done(); k++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(done()).toBe(true)
}

test.each(['in turns', 'side by side'] as const)(
  '%s: steps, a turn to its end and more of it give the same bits',
  async (way) => {
    let here = 0
    const counting: Compute = {
      ...compute,
      layer(...given) {
        here += 1
        return compute.layer(...given)
      },
    }
    const { session, told } = open(jobOf(100), way, counting)
    // Threads take a while to start; from then on nothing is computed here.
    for (let before = -1, k = 0; way === 'side by side' ? before < here : k < 3; k++) {
      before = here
      await session.step()
    }
    const [stepped, computed] = [told.steps[1]?.at(-1) as number, here]
    const end = stepped + 100
    session.play(end)
    // Looked into on the way: whole states, each of some step.
    expect((await session.subject()).runs.map(({ model }) => model.config.cell)).toEqual(['rnn', 'lstm'])
    await until(() => told.states.every((state) => state === 'done'))
    session.play(end + 50)
    await until(() => told.checkpoints[1]?.step === end + 50)
    await session.pause()
    expect(here === computed).toBe(way === 'side by side')
    expect(told.steps).toEqual([upTo(end + 50), upTo(end + 50)])
    for (const run of [0, 1]) expect(told.moments[run]).toEqual([...new Set(told.moments[run])])

    const plain = open(jobOf(100), 'in turns')
    plain.session.play(end + 50)
    await until(() => plain.told.checkpoints[1]?.step === end + 50)
    await plain.session.pause()
    expect(await session.snapshots()).toEqual(await plain.session.snapshots())
    expect(told.checkpoints).toEqual(await session.snapshots())
  },
  60_000,
)

test('steps and plays that come at once come one after the other', async () => {
  const { session, told } = open(jobOf(40), 'side by side')
  const steps = [session.step(), session.step(), session.step()]
  session.play(20)
  await Promise.all(steps)
  await until(() => told.states.every((state) => state === 'paused') && told.steps[0]?.length === 20)
  await session.pause()
  expect(told.steps).toEqual([upTo(20), upTo(20)])
  expect(told.flow.map((rows) => rows.slice(0, 3))).toEqual([upTo(3), upTo(3)])
  expect(told.moments).toEqual([upTo(20, 0), upTo(20, 0)])
})

test('a play at the very end of a turn is another turn', async () => {
  const { session, told } = open(jobOf(5), 'in turns')
  session.play(5)
  for (let k = 6; k <= 30; k++) {
    await until(() => told.steps[1]?.at(-1) === k - 1)
    session.play(k)
  }
  await until(() => told.states.every((state) => state === 'done') && told.steps[1]?.length === 30)
  expect(told.steps).toEqual([upTo(30), upTo(30)])
})

test('a run whose scores cannot be had has failed, with the update that it made', async () => {
  let failing = false
  const breaking: Compute = {
    ...compute,
    layer(layer, sequence, options) {
      const isScored = !options.states && sequence.lengths.length > 4
      if (failing && isScored && layer.cell.id === 'lstm') throw new LabError('out-of-memory', 'none left', 'fewer')
      return compute.layer(layer, sequence, options)
    },
  }
  const { session, told } = open(jobOf(6), 'in turns', breaking)
  await session.step()
  failing = true
  session.play(6)
  await until(() => told.states[0] === 'done' && told.states[1] === 'failed')
  expect(told.failures[1]).toBe('out-of-memory')
  expect(told.steps).toEqual([upTo(6), [1, 2]])
  expect(told.checkpoints.map(({ step }) => step)).toEqual([6, 2])
})
