import type { DatabaseSync } from 'node:sqlite'
import { decodeFrame, encodeFrame } from '../../../shared/rpc.ts'
import type { Moment, Snapshot } from '../../engine/protocol.ts'
import { readCheckpoint, writeCheckpoint } from '../formats/checkpoint.ts'
import { momentsOf, surplusSteps } from '../runs/moments.ts'
import { type MomentStore, noMoment } from '../runs/store.ts'
import type { Objects } from './objects.ts'
import { inTransaction } from './schema.ts'

interface Row {
  readonly step: number
  readonly hash: string | null
}

/** The moments of one experiment: how gates stood in the database, parameters as files by their hash. */
export class Moments implements MomentStore {
  readonly #database: DatabaseSync
  readonly #objects: Objects
  readonly #id: string
  readonly #isUsed: (hash: string) => boolean

  constructor(database: DatabaseSync, objects: Objects, id: string, isUsed: (hash: string) => boolean) {
    this.#database = database
    this.#objects = objects
    this.#id = id
    this.#isUsed = isUsed
  }

  async save(run: number, { step, parameters, gates }: Moment): Promise<void> {
    const file = writeCheckpoint({ snapshot: { step, parameters, optimizer: {} } })
    const hash = await this.#objects.put(file)
    const superseded = inTransaction(this.#database, () => {
      const rows = this.#rows(run)
      this.#database
        .prepare('INSERT OR REPLACE INTO moments (experiment, run, step, hash, gates) VALUES (?, ?, ?, ?, ?)')
        .run(this.#id, run, step, hash, encodeFrame(gates))
      const before = rows.filter((row) => row.step !== step)
      const steps = (of: readonly Row[]) => [...of.map((row) => row.step), step].sort((a, b) => a - b)
      const gone = new Set(surplusSteps(steps(before)))
      const whole = before.filter((row) => row.hash && !gone.has(row.step))
      const bare = surplusSteps(steps(whole), momentsOf(file.length))
      const remove = this.#database.prepare('DELETE FROM moments WHERE experiment = ? AND run = ? AND step = ?')
      for (const each of gone) remove.run(this.#id, run, each)
      const forget = this.#database.prepare(
        'UPDATE moments SET hash = NULL WHERE experiment = ? AND run = ? AND step = ?',
      )
      for (const each of bare) forget.run(this.#id, run, each)
      const changed = new Set([...gone, ...bare, step])
      return rows.filter((row) => changed.has(row.step))
    })
    this.#objects.settle(hash)
    await this.#removeFiles(superseded)
  }

  /** Their files go with the next tidying, unless something else has the same content. */
  dropAfter(run: number, step: number): void {
    this.#database.prepare('DELETE FROM moments WHERE experiment = ? AND run = ? AND step > ?').run(this.#id, run, step)
  }

  steps(run: number): number[] {
    return this.#rows(run).flatMap(({ step, hash }) => (hash ? [step] : []))
  }

  async load(run: number, step: number): Promise<Pick<Snapshot, 'step' | 'parameters'>> {
    const hash = this.#rows(run).find((row) => row.step === step)?.hash
    if (!hash) throw noMoment(step)
    return readCheckpoint(await this.#objects.get(hash), hash).snapshot
  }

  gates(run: number): Pick<Moment, 'step' | 'gates'>[] {
    const rows = this.#database
      .prepare('SELECT step, gates FROM moments WHERE experiment = ? AND run = ? ORDER BY step')
      .all(this.#id, run) as { step: number; gates: Uint8Array }[]
    return rows.map(({ step, gates }) => ({ step, gates: decodeFrame(gates) as Moment['gates'] }))
  }

  #rows(run: number): Row[] {
    return this.#database
      .prepare('SELECT step, hash FROM moments WHERE experiment = ? AND run = ? ORDER BY step')
      .all(this.#id, run) as unknown as Row[]
  }

  async #removeFiles(rows: readonly Row[]): Promise<void> {
    for (const { hash } of rows) if (hash) await this.#objects.remove(hash, this.#isUsed)
  }
}
