import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { modelFolder } from '../../lab/exports/model.ts'
import { stageFolder } from '../../lab/files.ts'
import { toJson } from '../../lab/formats/numbers.ts'
import { dueRows } from '../../lab/runs/log.ts'
import { withSizes } from '../../lab/runs/spec.ts'
import { Training } from '../../lab/runs/training.ts'
import { UnfinishedRun, unfinishedFolder } from '../../lab/runs/unfinished.ts'
import { version } from '../../lab/version.ts'
import { type Command, exitCodes, type Invocation, required } from '../command.ts'
import { Progress } from '../progress.ts'
import { checkUnchanged, type RunFile, readRecorded, readRunFile } from '../run-file.ts'

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
    const work = await (invocation.values.resume === undefined ? begin(invocation, signal) : goOn(invocation))
    if (!work) return exitCodes.interrupted
    const { training, unfinished } = work
    try {
      const { steps } = unfinished.record.spec.training
      const started = performance.now()
      const before = training.summaries.map(({ step }) => step)
      await training.play(Math.min(stopAt, steps))
      await settled(training, new Progress(steps), signal)
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

/** A training under way, and where its checkpoints go. */
interface Work {
  readonly training: Training
  readonly unfinished: UnfinishedRun
}

/** A new run; undefined when it was interrupted before anything was trained. */
async function begin(invocation: Invocation, signal: AbortSignal): Promise<Work | undefined> {
  const out = resolve(required(train, invocation, 'out'))
  const [path] = invocation.positionals
  if (path === undefined) throw new LabError('usage', 'train needs RUN.json.', `Usage: unroll ${train.usage}`)
  await refuseFilled(out)
  const unfinished = unfinishedFolder(out)
  if (await isFilled(unfinished)) {
    const hint = `Go on with: unroll train --resume ${out}. Or remove ${unfinished}, or name another folder.`
    throw new LabError('usage', `${unfinished} holds a run for that folder that is not finished.`, hint)
  }
  const { source, ...file } = await readRunFile(resolve(path))
  const { spec } = file
  // Checkpoints begin when the engine has found nothing wrong, and their folder with them.
  let store: UnfinishedRun | undefined
  const training = await Training.create({
    spec,
    source: async () => source,
    backend: engineOf(invocation),
    store: {
      save: (...args) => store?.save(...args),
      saveCheckpoint: async (...args) => store?.saveCheckpoint(...args),
      loadCheckpoint: async (run) => (await store?.loadCheckpoint(run)) ?? null,
    },
  })
  try {
    if (signal.aborted) {
      await training.close()
      return undefined
    }
    const { facts, engine } = training
    store = await UnfinishedRun.begin(out, { ...file, engine, version, facts })
    store.claim()
    return { training, unfinished: store }
  } catch (error) {
    await training.close()
    throw error
  }
}

/** The run that was stopped. */
async function goOn(invocation: Invocation): Promise<Work> {
  const { values, positionals } = invocation
  if (values.out !== undefined) {
    const hint = 'A new run goes to --out DIR; --resume DIR goes on with the one for DIR.'
    throw new LabError('usage', 'train takes --out or --resume, not both.', hint)
  }
  const folder = resolve(required(train, invocation, 'resume'))
  const unfinished = await UnfinishedRun.find(folder, ({ message }) => {
    process.stderr.write(`${message} The checkpoint before it is used.\n`)
  })
  const out = unfinished?.out ?? folder
  if (await stat(join(out, 'run.json')).catch(() => undefined)) {
    // It was ended between the last two things it does.
    await unfinished?.remove()
    throw new LabError('usage', `${out} is complete.`, 'There is nothing to go on with.')
  }
  if (!unfinished) {
    const hint = `A run that was stopped is in ${unfinishedFolder(out)}.`
    throw new LabError('usage', `There is no unfinished run for ${out}.`, hint)
  }
  await refuseFilled(out)
  const { record } = unfinished
  const backend = engineOf(invocation)
  if (backend !== 'auto' && backend !== record.engine) {
    const message = `The run began on the engine "${record.engine}", not on "${backend}".`
    throw new LabError('usage', message, 'Another engine rounds differently: leave --engine out.')
  }
  const file = await fileOfResumed(unfinished, positionals[0])
  checkUnchanged(file, record)
  if (record.version !== version) {
    process.stderr.write(
      `The run began with Unroll ${record.version}; this is ${version}, which may round differently.\n`,
    )
  }
  unfinished.claim()
  try {
    const training = Training.load({
      spec: record.spec,
      source: async () => file.source,
      backend: record.engine,
      store: unfinished,
      saved: await unfinished.saved(),
    })
    return { training, unfinished }
  } catch (error) {
    unfinished.release()
    throw error
  }
}

/** RUN.json as named now, else where it was, else as it was recorded. */
async function fileOfResumed({ record }: UnfinishedRun, path: string | undefined): Promise<RunFile> {
  const file = path === undefined ? record.run : resolve(path)
  const isThere = path !== undefined || (await stat(file).catch(() => undefined))
  return isThere ? readRunFile(file) : readRecorded(record)
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

/** Fills DIR and returns what is printed: paths, scores on held-out examples, failures. */
async function writeResult({ training, unfinished }: Work, seconds: number, before: readonly number[]) {
  const { out, record } = unfinished
  const { facts, engine, engineVersion, summaries } = training
  const { scores } = await training.answers()
  const snapshots = await Promise.all(facts.runs.map((_, run) => training.snapshot(run)))
  const runs = summaries.map(({ name, cell, parameters, loss, metric, failure }, k) => ({
    name,
    cell,
    parameters,
    steps: snapshots[k]?.step,
    ...(before[k] && { resumedAt: before[k] }),
    loss,
    metric,
    heldOut: scores[k],
    ...(failure && { failure }),
  }))
  const versions = { unroll: version, node: process.versions.node, engine: engineVersion }
  const spec = withSizes(record.spec, facts)
  const content = { ...spec, engine, versions, seconds, metric: facts.task.metric, runs }
  const folder = await stageFolder(out)
  try {
    await folder.add({ 'run.json': new TextEncoder().encode(`${toJson(content, 2)}\n`) })
    for (const [k, { name, config }] of facts.runs.entries()) {
      const model = { config, parameters: snapshots[k]?.parameters ?? {} }
      const files = modelFolder.files({ model, rows: dueRows(training.rows(k), spec.training.steps) })
      await folder.add(Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`${name}/${file}`, bytes])))
    }
    await folder.commit()
  } finally {
    await folder.discard()
  }
  await unfinished.remove()
  return { out, engine, seconds, baselines: facts.task.baselines.test, runs }
}

/** Throws `usage` where something is in the folder that a run is to become. */
async function refuseFilled(out: string): Promise<void> {
  if (await isFilled(out)) throw new LabError('usage', `${out} is not empty.`, 'Name a new or empty folder.')
}

async function isFilled(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new LabError('usage', `${folder} is not a folder that can be read.`, 'Name a new or empty folder.')
  }
}

function stopStep(value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY
  const step = Number(value)
  if (/^\d+$/.test(String(value)) && step >= 1) return step
  throw new LabError('usage', `--stop-at is "${value}".`, 'Give a number of updates, 1 or more.')
}

function engineOf({ values }: Invocation): string {
  return String(values.engine ?? 'auto')
}
