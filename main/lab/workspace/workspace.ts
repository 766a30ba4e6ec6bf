import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import envPaths from 'env-paths'
import { LabError } from '../../../shared/errors.ts'
import { lockFolder } from '../lock.ts'
import { DatasetTable } from './datasets.ts'
import { ExperimentTable } from './experiments.ts'
import { Objects } from './objects.ts'
import { migrate } from './schema.ts'
import { SequenceVersions } from './sequence-versions.ts'
import { SequenceViews } from './sequence-views.ts'
import { SequenceTable } from './sequences.ts'
import { WorkspaceStore } from './training-store.ts'

/** What was deleted can be restored for so long, in milliseconds. */
const purgeAfter = 30 * 24 * 60 * 60 * 1000

/** Where a workspace is when nobody says: the platform's folder for user data. */
export const defaultWorkspace = envPaths('unroll', { suffix: '' }).data

/**
 * A folder with everything that must survive: lab.sqlite (WAL), objects/ with datasets and snapshots
 * by their hash, lock.sqlite. Open in one process at a time.
 */
export class Workspace {
  readonly folder: string
  readonly datasets: DatasetTable
  readonly experiments: ExperimentTable
  readonly sequences: SequenceTable
  readonly views: SequenceViews
  readonly versions: SequenceVersions
  readonly #database: DatabaseSync
  readonly #objects: Objects
  readonly #unlock: () => void

  /** Throws `workspace-in-use`, or `workspace-invalid` where the folder cannot be used. */
  static async open(folder = defaultWorkspace): Promise<Workspace> {
    const unlock = unusable(folder, () => {
      mkdirSync(folder, { recursive: true })
      const hint = 'Close the other one, or choose a folder with --workspace.'
      return lockFolder(folder, `The workspace ${folder} is open in another Unroll.`, hint)
    })
    try {
      const workspace = new Workspace(
        folder,
        unlock,
        unusable(folder, () => openDatabase(folder)),
      )
      await workspace.#tidy()
      return workspace
    } catch (error) {
      unlock()
      throw error
    }
  }

  private constructor(folder: string, unlock: () => void, database: DatabaseSync) {
    this.folder = folder
    this.#unlock = unlock
    this.#database = database
    this.#objects = new Objects(join(folder, 'objects'))
    this.sequences = new SequenceTable(database)
    this.views = new SequenceViews(database, this.sequences)
    this.versions = new SequenceVersions(database, this.#objects, this.sequences)
    this.datasets = new DatasetTable(database, this.#objects, this.sequences, this.views)
    this.experiments = new ExperimentTable(database)
  }

  /** Where the training of one experiment is kept. */
  store(id: string): WorkspaceStore {
    return new WorkspaceStore(this.#database, this.#objects, id, (hash) => this.#isUsed(hash))
  }

  /** Content by its hash. Throws `workspace-invalid` where it is damaged. */
  content(hash: string): Promise<Uint8Array> {
    return this.#objects.get(hash)
  }

  close(): void {
    this.#database.close()
    this.#unlock()
  }

  /** Trainings that a killed process left are interrupted; what was deleted long ago goes for good. */
  async #tidy(): Promise<void> {
    this.#database.exec("UPDATE runs SET state = 'interrupted' WHERE state = 'training'")
    const limit = Date.now() - purgeAfter
    for (const table of ['experiments', 'datasets']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE deleted_at < ?`).run(limit)
    }
    await this.#objects.collect((hash) => this.#isUsed(hash))
  }

  #isUsed(hash: string): boolean {
    const query = `SELECT 1 FROM datasets WHERE hash = ?1 UNION ALL SELECT 1 FROM checkpoints WHERE hash = ?1
                   UNION ALL SELECT 1 FROM moments WHERE hash = ?1
                   UNION ALL SELECT 1 FROM experiments WHERE source_hash = ?1
                   UNION ALL SELECT 1 FROM sequence_versions WHERE hash = ?1 LIMIT 1`
    return this.#database.prepare(query).get(hash) !== undefined
  }
}

function openDatabase(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, 'lab.sqlite'), { enableForeignKeyConstraints: true })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    // Copies of sets stand in tables for a while, as large as the sets: the system's folder may be small, or in memory.
    database.exec(`PRAGMA temp_store_directory = '${folder.replaceAll("'", "''")}'`)
    migrate(database, folder)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Runs `act`; what the file system or SQLite refuses becomes `workspace-invalid`. */
function unusable<T>(folder: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof LabError) throw error
    const message = `The workspace ${folder} cannot be used: ${(error as Error).message}.`
    throw new LabError('workspace-invalid', message, 'Check its permissions, or choose a folder with --workspace.', {
      folder,
    })
  }
}
