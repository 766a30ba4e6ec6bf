import { readdir, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { enginesCalled } from '../../lab/engines.ts'
import { Training } from '../../lab/runs/training.ts'
import { UnfinishedRun, unfinishedFolder } from '../../lab/runs/unfinished.ts'
import { version } from '../../lab/version.ts'
import { checkUnchanged, type RunFile, readRecorded, readRunFile } from '../run-file.ts'

/** A training under way, and where its checkpoints go. */
export interface Work {
  readonly training: Training
  readonly unfinished: UnfinishedRun
}

/** A new run of RUN.json at `path`, for the folder `out`; undefined when it was interrupted before anything was trained. */
export async function begin(
  out: string,
  path: string,
  backend: string,
  signal: AbortSignal,
): Promise<Work | undefined> {
  await refuseFilled(out)
  const unfinished = unfinishedFolder(out)
  if (await isFilled(unfinished)) {
    const hint = `Go on with: unroll train --resume ${out}. Or remove ${unfinished}, or name another folder.`
    throw new LabError('usage', `${unfinished} holds a run for that folder that is not finished.`, hint)
  }
  const { source, ...file } = await readRunFile(path)
  const { spec } = file
  // Checkpoints begin when the engine has found nothing wrong, and their folder with them.
  let store: UnfinishedRun | undefined
  const training = await Training.create({
    spec,
    source: async () => source,
    backend,
    threads: availableParallelism(),
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

/** The run for `folder` that was stopped; `path` is RUN.json where it has moved. */
export async function goOn(folder: string, path: string | undefined, backend: string): Promise<Work> {
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
  if (backend !== 'auto' && !enginesCalled(backend).includes(record.engine)) {
    const message = `The run began on the engine "${record.engine}", not on "${backend}".`
    throw new LabError('usage', message, 'Another engine rounds differently: leave --engine out.')
  }
  const file = await fileOfResumed(unfinished, path)
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
      threads: availableParallelism(),
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
  const file = path ?? record.run
  const isThere = path !== undefined || (await stat(file).catch(() => undefined))
  return isThere ? readRunFile(file) : readRecorded(record)
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
