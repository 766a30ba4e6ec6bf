import { resolve } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { toJson } from '../../lab/formats/numbers.ts'
import type { Training } from '../../lab/runs/training.ts'
import { type Command, exitCodes, type Invocation, required } from '../command.ts'
import { describeChoice, describeNeeds, describeWays, Progress } from '../progress.ts'
import { writeResult } from '../train/result.ts'
import { begin, goOn, type Work } from '../train/work.ts'

/** How often progress is looked at where nothing is reported, in milliseconds. */
const patience = 250

export const train: Command = {
  name: 'train',
  usage: 'train RUN.json --out DIR | train --resume DIR  [--stop-at N] [--engine auto|wasm]',
  summary: 'Trains the cells of RUN.json beside each other and writes models, histories and gradient flow.',
  details: [
    '  --out DIR      a new or empty folder; it appears when everything in it is complete',
    '  --resume DIR   goes on with a run for DIR that was stopped, as if it had never been',
    '  --stop-at N    stops after N updates; --resume goes on from there',
    '  --engine ID    what computes (default auto)',
    '',
    'Until DIR is complete, DIR.unfinished holds checkpoints: written every few seconds, by Ctrl-C and by',
    '--stop-at. With --resume, RUN.json and its data must be as they were; RUN.json can be named again where',
    'it has moved.',
    '',
    'RUN.json is described by main/cli/run.schema.json; relative files are relative to it.',
  ],
  options: {
    out: { type: 'string' },
    resume: { type: 'string' },
    'stop-at': { type: 'string' },
    engine: { type: 'string' },
  },
  arity: [0, 1],
  async run(invocation, signal) {
    const stopAt = stopStep(invocation.values['stop-at'])
    const work = await open(invocation, signal)
    if (!work) return exitCodes.interrupted
    const { training, unfinished } = work
    try {
      const { steps } = unfinished.record.spec.training
      const started = performance.now()
      const before = training.summaries.map(({ step }) => step)
      process.stderr.write(`${describeNeeds(training.facts.runs)}\n`)
      process.stderr.write(`${describeChoice(training.engine, training.timings)}\n`)
      await training.play(Math.min(stopAt, steps))
      await settled(training, new Progress(steps), signal)
      const ways = await training.ways()
      if (ways) process.stderr.write(`${describeWays(ways)}\n`)
      const isComplete = training.summaries.every(({ state }) => state === 'done' || state === 'failed')
      if (!isComplete) return stopped(work, steps, signal.aborted)
      const seconds = (performance.now() - started) / 1000
      console.log(toJson(await writeResult(work, seconds, before)))
      return training.summaries.some(({ failure }) => failure) ? exitCodes.failed : exitCodes.done
    } finally {
      await training.close()
      unfinished.release()
    }
  },
}

/** What was asked for; undefined when it was interrupted before anything was trained. */
async function open(invocation: Invocation, signal: AbortSignal): Promise<Work | undefined> {
  const { values, positionals } = invocation
  const path = positionals[0] === undefined ? undefined : resolve(positionals[0])
  const engine = String(values.engine ?? 'auto')
  if (values.resume === undefined) {
    const out = resolve(required(train, invocation, 'out'))
    if (path === undefined) throw new LabError('usage', 'train needs RUN.json.', `Usage: unroll ${train.usage}`)
    return begin(out, path, engine, signal)
  }
  if (values.out !== undefined) {
    const hint = 'A new run goes to --out DIR; --resume DIR goes on with the one for DIR.'
    throw new LabError('usage', 'train takes --out or --resume, not both.', hint)
  }
  return goOn(resolve(required(train, invocation, 'resume')), path, engine)
}

/** Resolves when no run goes on, because it is at its end, failed, or was stopped. Throws where it cannot. */
async function settled(training: Training, progress: Progress, signal: AbortSignal): Promise<void> {
  const isOver = ({ state, failure }: Training['summaries'][number]) =>
    state === 'done' || state === 'failed' || state === 'paused' || (state === 'interrupted' && failure !== undefined)
  while (!training.summaries.every(isOver) && !signal.aborted) {
    progress.show(training.summaries)
    await training.waitForNews(patience)
  }
  // Also at its end: a run counts as trained when its last checkpoint is on the disk.
  await training.pause()
  progress.end(training.summaries)
  const broken = training.summaries.find(({ state }) => state === 'interrupted')?.failure
  if (!broken) return
  const hint = broken.code === 'engine-died' ? 'Go on from the last checkpoint with --resume.' : broken.hint
  throw new LabError(broken.code, broken.message, hint)
}

function stopped({ training, unfinished }: Work, steps: number, interrupted: boolean): number {
  const { out, folder } = unfinished
  const runs = training.summaries.map(({ name, cell, parameters, step, loss, metric, failure }) => {
    return { name, cell, parameters, steps: step, loss, metric, ...(failure && { failure }) }
  })
  const reached = Math.min(...runs.map((run) => run.steps))
  process.stderr.write(`Stopped at step ${reached} of ${steps}; go on with: unroll train --resume ${out}\n`)
  if (interrupted) return exitCodes.interrupted
  console.log(toJson({ out, unfinished: folder, runs }))
  return exitCodes.done
}

function stopStep(value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY
  const step = Number(value)
  if (/^\d+$/.test(String(value)) && step >= 1) return step
  throw new LabError('usage', `--stop-at is "${value}".`, 'Give a number of updates, 1 or more.')
}
