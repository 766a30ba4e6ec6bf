import type { DatabaseSync } from 'node:sqlite'
import { LabError } from '../../../shared/errors.ts'

/**
 * Every version of the tables, oldest first; version n is what the first n entries make. A released
 * entry is never changed: a new version is a new entry.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    hash TEXT NOT NULL,
    facts TEXT NOT NULL
  ) STRICT;
  CREATE TABLE experiments (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER,
    spec TEXT NOT NULL,
    engine TEXT NOT NULL,
    facts TEXT NOT NULL,
    source_name TEXT,
    source_hash TEXT,
    epoch INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE runs (
    experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    run INTEGER NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    failure TEXT,
    loss REAL, metric REAL, validation_loss REAL, validation_metric REAL, horizon REAL,
    PRIMARY KEY (experiment, run)
  ) STRICT;
  CREATE TABLE telemetry (
    experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    run INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    rows BLOB NOT NULL,
    PRIMARY KEY (experiment, run, first)
  ) STRICT;
  CREATE TABLE checkpoints (
    experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (experiment, run, step)
  ) STRICT;
  `,
  // Baselines were scored on the test split alone; the adding problem's hold for any data.
  `
  UPDATE experiments SET facts = json_set(facts, '$.task.baselines', json_object(
    'validation', json(CASE json_extract(spec, '$.task.id')
      WHEN 'adding' THEN json_extract(facts, '$.task.baselines') ELSE '[]' END),
    'test', json(json_extract(facts, '$.task.baselines'))
  )) WHERE json_type(facts, '$.task.baselines') = 'array';
  `,
  // Which engine was asked for, and what `auto` measured.
  'ALTER TABLE experiments ADD COLUMN choice TEXT',
  // States over training, to be looked into; without a hash the parameters were let go of.
  `
  CREATE TABLE moments (
    experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    hash TEXT,
    gates BLOB NOT NULL,
    PRIMARY KEY (experiment, run, step)
  ) STRICT;
  CREATE INDEX moments_by_hash ON moments (hash);
  `,
  // Datasets of sequences: a header, rows, a log of changes that only grows, and versions that trainings refer to.
  `
  CREATE TABLE sequence_sets (
    dataset TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
    header TEXT NOT NULL,
    next_id INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE sequences (
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    position REAL NOT NULL,
    steps INTEGER NOT NULL,
    split TEXT NOT NULL,
    fault TEXT,
    target TEXT NOT NULL,
    tags TEXT NOT NULL,
    note TEXT NOT NULL,
    inputs TEXT NOT NULL,
    PRIMARY KEY (dataset, id)
  ) STRICT;
  CREATE INDEX sequences_in_order ON sequences (dataset, position, id);
  CREATE INDEX sequences_by_part ON sequences (dataset, split, fault, steps);
  CREATE TABLE sequence_log (
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    change BLOB,
    PRIMARY KEY (dataset, seq)
  ) STRICT;
  CREATE TABLE sequence_versions (
    dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (dataset, version)
  ) STRICT;
  `,
  // What draws the rows of a live set, what a version is in a few words, and an edit's name beside what it changed.
  `
  ALTER TABLE sequence_sets ADD COLUMN live TEXT;
  ALTER TABLE sequence_log ADD COLUMN name TEXT;
  ALTER TABLE sequence_versions ADD COLUMN facts TEXT;
  `,
  // The first rows of a live set in a few words: a list draws nothing.
  'ALTER TABLE sequence_sets ADD COLUMN preview TEXT',
]

/** Brings a database to the present version. Throws `workspace-invalid` for one made by a newer Unroll. */
export function migrate(database: DatabaseSync, folder: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > migrations.length) {
    const message = `The workspace ${folder} was made by a newer Unroll (format ${version}, known is ${migrations.length}).`
    throw new LabError('workspace-invalid', message, 'Update Unroll, or choose another folder with --workspace.', {
      folder,
      version,
    })
  }
  for (let next = version; next < migrations.length; next++) {
    inTransaction(database, () => {
      database.exec(migrations[next] ?? '')
      database.exec(`PRAGMA user_version = ${next + 1}`)
    })
  }
}

/** All of `act` or nothing; within another transaction, as all of that. */
export function inTransaction<T>(database: DatabaseSync, act: () => T): T {
  if (database.isTransaction) return act()
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = act()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // On a full disk SQLite has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}
