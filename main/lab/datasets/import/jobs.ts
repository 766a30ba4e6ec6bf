import { randomUUID } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorData, LabError } from '../../../../shared/errors.ts'
import type { ImportPreview, ImportProgress, ImportSettings } from '../../../../shared/import.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import { previewOf } from './import.ts'
import { readInto } from './read-into.ts'

/** The largest file that a page may hand over, in bytes. */
export const largestFile = 4 * 1024 ** 3

interface Job {
  readonly name: string
  readonly path: string
  readonly cancel: AbortController
  progress: ImportProgress
  running?: Promise<void>
}

/**
 * Files that are becoming datasets: received in pieces into a folder of their own, looked at, read. What a job leaves
 * behind when it ends, in whatever way, is a complete dataset or nothing.
 */
export class ImportJobs {
  readonly #workspace: Workspace
  readonly #folder: string
  readonly #jobs = new Map<string, Job>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
    this.#folder = join(workspace.folder, 'uploads')
  }

  /** Announces a file of `size` bytes; returns the job's id. */
  async begin(name: string, size: number): Promise<string> {
    if (size === 0) throw new LabError('file-empty', `${name} is empty.`, 'Choose a file with content.', { file: name })
    if (size > largestFile) {
      const limit = largestFile / 2 ** 30
      throw new LabError('file-too-large', `${name} is larger than ${limit} GB.`, 'Cut it into several files.', {
        file: name,
        limit,
      })
    }
    const id = randomUUID()
    await mkdir(this.#folder, { recursive: true })
    const path = join(this.#folder, id)
    await (await open(path, 'wx')).close()
    // A name is only shown: the file lies under its id.
    this.#jobs.set(id, {
      name: basename(name),
      path,
      cancel: new AbortController(),
      progress: { state: 'receiving', bytes: 0, size, rows: 0 },
    })
    return id
  }

  /** The next piece of the file. */
  async add(id: string, piece: Uint8Array): Promise<void> {
    const job = this.#job(id, 'receiving')
    const { bytes, size } = job.progress
    if (bytes + piece.length > size)
      throw new LabError('message-invalid', `${job.name} is longer than announced.`, 'Begin again.')
    const file = await open(job.path, 'a')
    try {
      await file.writeFile(piece)
    } catch (error) {
      // On a full disk a part of it may be there; the piece can be handed over again.
      await file.truncate(bytes)
      throw error
    } finally {
      await file.close()
    }
    const received = bytes + piece.length
    job.progress = { ...job.progress, bytes: received, state: received === size ? 'ready' : 'receiving' }
  }

  async preview(id: string, settings?: ImportSettings): Promise<ImportPreview> {
    const { path, name } = this.#job(id, 'ready')
    return previewOf(path, name, settings)
  }

  /** Begins to read the file; `progress` tells how far it is. */
  run(id: string, settings: ImportSettings, name: string): void {
    const job = this.#job(id, 'ready')
    job.progress = { ...job.progress, state: 'reading', bytes: 0 }
    job.running = this.#read(job, settings, name)
  }

  progress(id: string): ImportProgress {
    return this.#job(id).progress
  }

  /** Ends a job and forgets its file. */
  async cancel(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job) return
    job.cancel.abort()
    await job.running
    await rm(job.path, { force: true })
    this.#jobs.delete(id)
  }

  async close(): Promise<void> {
    for (const id of [...this.#jobs.keys()]) await this.cancel(id)
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #read(job: Job, settings: ImportSettings, name: string): Promise<void> {
    let dataset: string | undefined
    try {
      dataset = await readInto(
        this.#workspace,
        job.path,
        job.name,
        settings,
        name,
        (part) => {
          job.progress = { ...job.progress, ...part }
        },
        job.cancel.signal,
      )
      await rm(job.path, { force: true }).catch(() => {})
      job.progress = { ...job.progress, state: 'done', bytes: job.progress.size, dataset }
    } catch (error) {
      const cancelled = job.cancel.signal.aborted
      // A refused file can be tried again with other settings.
      job.progress = {
        ...job.progress,
        state: cancelled ? 'cancelled' : 'ready',
        ...(!cancelled && { problem: errorData(error) }),
      }
    }
  }

  #job(id: string, state?: ImportProgress['state']): Job {
    const job = this.#jobs.get(id)
    if (!job) throw new LabError('not-found', `There is no import ${id}.`, 'Choose the file again.', { id })
    if (state && job.progress.state !== state) {
      throw new LabError(
        'busy',
        `${job.name} is ${job.progress.state}, not ${state}.`,
        'Wait, or choose the file again.',
      )
    }
    return job
  }
}
