import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../../shared/errors.ts'
import type { TimedPath, TimingProblem } from '../../engine/timing/problem.ts'
import { startLabEngine } from '../../lab/engines.ts'

/** Something that can be timed, in a process of its own. */
export interface Contestant {
  /** As the results name it: an engine, `tfjs-layers`, `torch-loop`, `torch-nn`. */
  readonly engine: string
  /** What exactly it is: versions, threads, the backend under it. */
  readonly description: string
  /** Operations a second of a product at its best, where that is known. */
  readonly ceiling?: number
  /** Milliseconds of each step. Throws LabError. */
  time(problem: TimingProblem, steps: number): Promise<readonly number[]>
}

export interface Field {
  readonly contestants: readonly Contestant[]
  stop(): Promise<void>
}

/** The lab's training step on an engine and, where asked, TensorFlow.js' Layers API on the same backend. */
export async function engineField(id: string, withLayers: boolean): Promise<Field> {
  const engine = await startLabEngine({ backend: id, threads: availableParallelism() })
  const info = await engine.functions.info()
  const ceiling = await engine.functions.ceiling()
  const on = info.device ? ` on ${info.device.name}` : ''
  const entry = (name: string, path: TimedPath, description: string): Contestant => ({
    engine: name,
    description,
    time: (problem, steps) => engine.functions.time(path, problem, steps),
  })
  return {
    contestants: [
      { ...entry(id, 'engine', `${info.description} ${info.version}${on}`), ...(ceiling && { ceiling }) },
      ...(withLayers ? [entry('tfjs-layers', 'tfjs-layers', `Layers API on ${info.id} ${info.version}`)] : []),
    ],
    stop: () => engine.stop(),
  }
}

/**
 * PyTorch in a Python of the person's choice. Throws LabError `usage` when it does not start or has no torch.
 */
export async function torchField(python: string): Promise<Field> {
  const script = fileURLToPath(new URL('./time_torch.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000)
  })
  child.stdin.on('error', () => {}) // a Python that has ended says so by its output's end
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const started = await Promise.race([
    lines.next(),
    once(child, 'error').then(([error]) => {
      complaint = (error as Error).message
      return { done: true as const, value: undefined }
    }),
  ])
  if (started.done) {
    const reason = complaint.trim().split('\n').at(-1) ?? ''
    const hint = 'Name a Python that has PyTorch: --python PATH.'
    throw new LabError('usage', `${python} cannot time PyTorch: ${reason}`, hint, { python })
  }
  const { version } = JSON.parse(started.value) as { version: string }
  const ask = async (engine: string, problem: TimingProblem, steps: number): Promise<readonly number[]> => {
    child.stdin.write(`${JSON.stringify({ path: engine, ...problem, steps })}\n`)
    const { value, done } = await lines.next()
    const reply = done ? { error: complaint } : (JSON.parse(value) as { ms?: number[]; error?: string })
    if (reply.ms) return reply.ms
    throw new LabError('spec-invalid', `PyTorch: ${reply.error}`, 'Leave out this cell or size, or --python.')
  }
  return {
    contestants: (['torch-loop', 'torch-nn'] as const).map((engine) => ({
      engine,
      description: `PyTorch ${version}`,
      time: (problem: TimingProblem, steps: number) => ask(engine, problem, steps),
    })),
    async stop() {
      child.stdin.end()
      child.kill()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
