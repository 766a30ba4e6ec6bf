import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { cellById } from '../../engine/cells/catalogue.ts'
import type { JobFacts, Snapshot } from '../../engine/protocol.ts'
import { readInput, stageFolder, writeFileSafely } from '../files.ts'
import { type Checkpoint, type Origin, readCheckpoint, writeCheckpoint } from '../formats/checkpoint.ts'
import { lockFolder } from '../lock.ts'
import { RunLog, rowsUpTo } from './log.ts'
import { specHash } from './origin.ts'
import { resolveSpec } from './spec.ts'
import type { RunChanges, SavedTraining, TrainingStore } from './store.ts'

/** Checkpoints kept of a run: the latest, and the one before in case the latest is damaged. */
const kept = 2
const suffix = '.unfinished'
/** Where a run for the folder `out` is until it is complete. */
export const unfinishedFolder = (out: string): string => out + suffix
const recordFile = 'unfinished.json'

/** What has to be known to go on, beside the checkpoints. */
export interface UnfinishedRecord {
  /** RUN.json, absolute. */
  readonly run: string
  /** The file the task reads, absolute, and the SHA-256 of its bytes; null where it reads none. */
  readonly data: { readonly file: string; readonly sha256: string } | null
  readonly engine: string
  /** Version of Unroll. */
  readonly version: string
  /** Resolved, as RUN.json had it. */
  readonly spec: RunSpec
  readonly facts: JobFacts
}

const Record = v.object({
  format: v.literal('unroll-unfinished/1'),
  run: v.string(),
  data: v.nullable(v.object({ file: v.string(), sha256: v.string() })),
  engine: v.string(),
  version: v.string(),
  spec: v.unknown(),
  facts: v.custom<JobFacts>((facts) => typeof facts === 'object' && facts !== null, 'an object'),
})

/**
 * A run of the command line on its way to the folder `out`: `out.unfinished` holds unfinished.json and, for
 * every cell, its latest checkpoints. It is there from before the first update until `out` is complete, so
 * that at any moment there is either nothing, something to go on from, or everything.
 */
export class UnfinishedRun implements TrainingStore {
  /** Where the complete run goes. */
  readonly out: string
  readonly folder: string
  readonly record: UnfinishedRecord
  readonly #logs: RunLog[]
  readonly #found = new Map<number, Promise<Checkpoint | null>>()
  readonly #damaged: (error: LabError) => void
  #unlock: () => void = () => {}

  private constructor(out: string, record: UnfinishedRecord, damaged: (error: LabError) => void) {
    this.out = out
    this.folder = unfinishedFolder(out)
    this.record = record
    this.#damaged = damaged
    const { task, runs } = record.facts
    this.#logs = runs.map(({ config }) => new RunLog(task.length, cellById(config.cell).hasCellState))
  }

  /** Makes the folder. Throws where it cannot be written. */
  static async begin(out: string, record: UnfinishedRecord): Promise<UnfinishedRun> {
    const staged = await stageFolder(unfinishedFolder(out))
    try {
      const json = JSON.stringify({ format: 'unroll-unfinished/1', ...record }, null, 2)
      await staged.add({ [recordFile]: new TextEncoder().encode(`${json}\n`) })
      await staged.commit()
    } finally {
      await staged.discard()
    }
    return new UnfinishedRun(out, record, () => {})
  }

  /**
   * The unfinished run for `folder`, named by itself or by the folder it was to become; undefined where
   * there is none. `damaged` hears of checkpoints that are passed over. Throws `format-invalid` for a record
   * that cannot be read.
   */
  static async find(folder: string, damaged: (error: LabError) => void = () => {}): Promise<UnfinishedRun | undefined> {
    const out = folder.endsWith(suffix) ? folder.slice(0, -suffix.length) : folder
    const file = join(unfinishedFolder(out), recordFile)
    if (!(await stat(file).catch(() => undefined))) return undefined
    let json: unknown
    try {
      json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readInput(file)))
    } catch (error) {
      const message = `${file} is damaged: ${(error as Error).message}.`
      throw new LabError('format-invalid', message, 'Train anew with --out.', { file })
    }
    const { format: _format, spec, ...record } = parse(Record, json, 'format-invalid', file)
    return new UnfinishedRun(out, { ...record, spec: resolveSpec(spec, file) }, damaged)
  }

  /**
   * Takes the run for this process, before anything of it is read to go on from or written: two that train
   * into one folder would take each other's checkpoints away. Throws `workspace-in-use` where a process that
   * is alive has taken it.
   */
  claim(): void {
    const message = `The run in ${this.folder} is being trained by another process.`
    this.#unlock = lockFolder(this.folder, message, 'Let that one end, or stop it with Ctrl-C, and resume then.')
  }

  /** Gives the run back for another process to go on with. */
  release(): void {
    this.#unlock()
  }

  /**
   * Everything a training needs to go on. Throws `format-invalid` where every checkpoint of a cell is
   * damaged.
   */
  async saved(): Promise<SavedTraining> {
    const { facts, engine } = this.record
    const runs = await Promise.all(
      facts.runs.map(async (_, run) => {
        const found = await this.#checkpoint(run)
        const rows = found?.rows ? [found.rows] : []
        const step = found?.snapshot.step ?? 0
        return { status: { state: 'interrupted', step, stepsPerSecond: 0 } as const, rows }
      }),
    )
    for (const [run, { rows }] of runs.entries()) for (const part of rows) this.#logs[run]?.append(part)
    return { facts, engine, epoch: 0, runs }
  }

  /** Rows wait here for the checkpoint that they lead to. */
  save(_epoch: number, runs: readonly RunChanges[]): void {
    for (const [run, { rows, truncatedTo }] of runs.entries()) {
      if (truncatedTo !== undefined) this.#logs[run]?.truncate(truncatedTo)
      this.#logs[run]?.append(rows)
    }
  }

  async saveCheckpoint(run: number, snapshot: Snapshot): Promise<void> {
    const folder = this.#folderOf(run)
    const log = this.#logs[run] as RunLog
    const bytes = writeCheckpoint({ snapshot, origin: this.#origin(run), rows: rowsUpTo(log.rows(), snapshot.step) })
    try {
      await mkdir(folder, { recursive: true })
      await writeFileSafely(join(folder, fileName(snapshot.step)), bytes)
      // Whatever is neither among the latest up to here, nor whole enough to have been gone on from.
      const current = (await steps(folder)).filter((step) => step <= snapshot.step).slice(0, kept)
      const names = new Set(current.map(fileName))
      for (const name of await readdir(folder)) if (!names.has(name)) await rm(join(folder, name))
    } catch (error) {
      const message = `${folder} cannot be written: ${(error as Error).message}.`
      const hint = `Make room or correct its permissions, then go on with: unroll train --resume ${this.out}`
      throw new LabError('workspace-invalid', message, hint, { folder })
    }
  }

  async loadCheckpoint(run: number): Promise<Snapshot | null> {
    return (await this.#checkpoint(run))?.snapshot ?? null
  }

  /** Takes the folder away: `out` is complete. */
  async remove(): Promise<void> {
    this.release() // an open file keeps its folder on Windows
    await rm(this.folder, { recursive: true, force: true })
  }

  #checkpoint(run: number): Promise<Checkpoint | null> {
    const found = this.#found.get(run) ?? this.#latestWhole(run)
    this.#found.set(run, found)
    return found
  }

  async #latestWhole(run: number): Promise<Checkpoint | null> {
    const folder = this.#folderOf(run)
    const present = await steps(folder)
    for (const step of present) {
      const file = join(folder, fileName(step))
      try {
        const checkpoint = readCheckpoint(await readInput(file), file)
        if (isDeepStrictEqual(checkpoint.origin, this.#origin(run)) && checkpoint.rows) return checkpoint
        throw new LabError('format-invalid', `${file} is of another run.`, 'Take it away.', { file })
      } catch (error) {
        if (!(error instanceof LabError)) throw error
        this.#damaged(error)
      }
    }
    if (!present.length) return null
    const message = `No checkpoint in ${folder} is whole.`
    throw new LabError('format-invalid', message, `Remove that folder to train this cell from its first update.`, {
      folder,
    })
  }

  #origin(run: number): Origin {
    const { spec, data, facts } = this.record
    return {
      run: facts.runs[run]?.name ?? '',
      seed: spec.seed,
      spec: specHash(spec),
      data: data?.sha256 ?? '',
    }
  }

  #folderOf(run: number): string {
    return join(this.folder, this.record.facts.runs[run]?.name ?? '')
  }
}

const fileName = (step: number) => `step-${String(step).padStart(7, '0')}.safetensors`

/** Steps of the checkpoints in a folder, the latest first. */
async function steps(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const found = names.map((name) => Number(/^step-(\d+)\.safetensors$/.exec(name)?.[1] ?? Number.NaN))
  return found.filter((step) => !Number.isNaN(step)).sort((a, b) => b - a)
}
