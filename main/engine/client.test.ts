import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Rows, RunState } from '../../shared/telemetry.ts'
import { type Engine, type EngineExit, startEngine } from './client.ts'
import type { Job, Snapshot } from './protocol.ts'

const job: Job = {
  spec: {
    task: { id: 'adding', length: 6 },
    cells: [
      { cell: 'rnn', hiddenSize: 4, layers: 1 },
      { cell: 'lstm', hiddenSize: 4, layers: 1 },
    ],
    training: {
      steps: 12,
      batchSize: 4,
      optimizer: 'adam',
      learningRate: 0.01,
      clipNorm: 1,
      init: 'pytorch',
      forgetBias: 1,
    },
    seed: 1,
  },
}

const started: Engine[] = []
afterEach(async () => {
  for (const engine of started.splice(0)) await engine.stop()
})

interface Heard {
  readonly engine: Engine
  readonly exits: EngineExit[]
  readonly steps: number[][]
  readonly flowSteps: number[][]
  readonly states: RunState[]
  readonly failures: (string | undefined)[]
  readonly checkpoints: (Snapshot | undefined)[]
}

async function listen(): Promise<Heard> {
  const heard = {
    exits: [] as EngineExit[],
    steps: [[], []] as number[][],
    flowSteps: [[], []] as number[][],
    states: [] as RunState[],
    failures: [] as (string | undefined)[],
    checkpoints: [] as Snapshot[],
  }
  const engine = await startEngine({
    onExit: (exit) => heard.exits.push(exit),
    onEvents: {
      rows(run: number, { history, flow }: Rows) {
        heard.steps[run]?.push(...history.step)
        heard.flowSteps[run]?.push(...flow.step)
        expect(flow.hidden.shape).toEqual([flow.step.length, 6])
      },
      state(run, state, _step, _speed, failure) {
        heard.states[run] = state
        heard.failures[run] = failure?.code
      },
      checkpoint(run, snapshot) {
        heard.checkpoints[run] = snapshot
      },
      moment() {},
    },
  })
  started.push(engine)
  return { engine, ...heard }
}

async function until(condition: () => boolean): Promise<void> {
  for (let k = 0; k < 2400 && !condition(); k++) await wait(25)
  expect(condition()).toBe(true)
}

test('a job trains to its end: a row for every step, flow at the first and the last, a checkpoint', async () => {
  const { engine, steps, flowSteps, states, checkpoints } = await listen()
  const facts = await engine.functions.open(job)
  expect(facts.runs.map((run) => run.name)).toEqual(['rnn', 'lstm'])
  await engine.functions.play(12)
  await until(() => states.every((state) => state === 'done') && states.length === 2)
  const every = Array.from({ length: 12 }, (_, k) => k + 1)
  expect(steps).toEqual([every, every])
  for (const rows of flowSteps) expect([rows[0], rows.at(-1)]).toEqual([1, 12])
  expect(checkpoints.map((snapshot) => snapshot?.step)).toEqual([12, 12])
})

test('one step, pause, continue elsewhere: the same bits as without', async () => {
  const first = await listen()
  await first.engine.functions.open(job)
  await first.engine.functions.step()
  await first.engine.functions.step()
  expect(first.states).toEqual(['paused', 'paused'])
  const resume = await first.engine.functions.snapshots()

  const second = await listen()
  await second.engine.functions.open({ ...job, resume })
  await second.engine.functions.play(12)
  await first.engine.functions.play(12)
  await until(() => [...first.states, ...second.states].every((state) => state === 'done'))
  expect(await second.engine.functions.snapshots()).toEqual(await first.engine.functions.snapshots())
})

test('a pause ends what is under way, also when somebody presses play meanwhile', async () => {
  const { engine, flowSteps, steps } = await listen()
  await engine.functions.open(job)
  await engine.functions.play(1_000_000)
  await until(() => (steps[1]?.length ?? 0) > 3)
  const paused = engine.functions.pause()
  await engine.functions.play(1_000_000)
  await paused
  await engine.functions.pause()
  for (const run of [0, 1]) expect(flowSteps[run]?.at(-1)).toBe(steps[run]?.at(-1))
})

test('a run whose loss is not finite stops with the reason, the other goes on', async () => {
  const { engine, states, failures } = await listen()
  const training = { ...job.spec.training, steps: 6, learningRate: 10, clipNorm: null }
  const cells = [{ cell: 'rnn', hiddenSize: 4, layers: 1, activation: 'identity' } as const, job.spec.cells[1] as never]
  await engine.functions.open({ spec: { ...job.spec, task: { id: 'adding', length: 100 }, cells, training } })
  await engine.functions.play(6)
  await until(() => states[0] === 'failed' && states[1] === 'done')
  expect(failures).toEqual(['loss-not-finite', undefined])
})

test('errors arrive with their code, the engine lives on', async () => {
  const { engine } = await listen()
  await expect(engine.functions.example({ examples: 'test', index: 0, jacobians: false })).rejects.toMatchObject({
    name: 'LabError',
    code: 'internal',
  })
  const spec = { ...job.spec, task: { id: 'no-such' } }
  await expect(engine.functions.open({ spec })).rejects.toMatchObject({ code: 'spec-invalid' })
  await expect(engine.functions.open(job)).resolves.toBeDefined()
})

test('a killed engine rejects what is under way with engine-died', async () => {
  const { engine, exits } = await listen()
  await engine.functions.open(job)
  await engine.functions.play(1_000_000)
  const paused = engine.functions.pause()
  process.kill(engine.pid as number, 'SIGKILL')
  await expect(paused).rejects.toMatchObject({ code: 'engine-died' })
  expect(exits).toEqual([{ code: null, signal: 'SIGKILL', expected: false }])
  await expect(engine.functions.snapshots()).rejects.toMatchObject({ code: 'engine-died' })
})

test('an unknown engine is refused by name', async () => {
  await expect(startEngine({ backend: 'abacus' })).rejects.toMatchObject({ code: 'engine-unavailable' })
})

test('an engine whose host was killed in mid-training ends by itself', async () => {
  const client = new URL('./client.ts', import.meta.url).href
  const script = `const { startEngine } = await import('${client}')
    const engine = await startEngine()
    await engine.functions.open(${JSON.stringify(job)})
    await engine.functions.play(1000000)
    console.log(engine.pid)
    setInterval(() => {}, 1000)`
  const host = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [chunk] = await once(host.stdout, 'data')
  const pid = Number(String(chunk))
  host.kill('SIGKILL')
  await until(() => !alive(pid))
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
