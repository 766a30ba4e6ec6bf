import type { LabErrorData } from '../../../shared/errors.ts'
import type { Edit, Part, SetState, SetView, ShownRow } from '../../../shared/sequences.ts'
import { lab } from '../../lab.ts'

/** Rows asked for at once. */
const most = 300
/** So many more than are in sight, where rows come from and where they go. */
const [ahead, behind] = [120, 40]
/** Where rows go by fast, those of so many such moves are fetched ahead, and none behind. */
const moves = 12
/** Rows that stay in the page when they have been in sight. */
const kept = 8000

/** Edits of a set as a whole, which are possible where its rows are drawn. */
const ofTheWhole: readonly Edit['do'][] = ['draw', 'freeze', 'restore']

/** A dataset or a version of it as the page shows it: its state, the ids of the view, and the rows in sight. */
export class DataSession {
  /** A `SetRef`. */
  readonly id: string
  state = $state.raw<SetState | null>(null)
  ids = $state.raw<Int32Array<ArrayBuffer>>(new Int32Array(0))
  problem = $state.raw<unknown>(null)
  /** Edits on their way to the lab. */
  pending = $state(0)
  view = $state.raw<SetView>({})
  readonly #rows = new Map<number, ShownRow>()
  /** Counts what became of the rows: a map of all of them is not made anew for a few. */
  #changes = $state(0)
  #fresh = new Set<number>()
  #sight: readonly [from: number, to: number] = [0, 0]
  #shown = 0
  #isUp = false
  #asking = false
  #queue: Promise<unknown> = Promise.resolve()

  constructor(id: string) {
    this.id = id
  }

  async load(): Promise<void> {
    await this.#run(() => lab.datasets.state(this.id))
  }

  /** The dataset itself, also where a version of it is shown. */
  get dataset(): string {
    return this.id.split('@')[0] as string
  }

  /** Why rows cannot be edited; null where they can. */
  get fixed(): LabErrorData | null {
    const { shows = null, live = null } = this.state ?? {}
    if (shows !== null) {
      const message = `Version ${shows} stays as it is.`
      return { code: 'rows-fixed', message, hint: 'Restore it first.', details: { version: shows } }
    }
    if (live === null) return null
    return {
      code: 'rows-fixed',
      message: 'These rows are drawn, so they cannot be edited.',
      hint: 'Freeze them first.',
    }
  }

  /** Says why rows cannot be edited, if so. */
  refuses(): boolean {
    if (this.fixed) this.problem = this.fixed
    return this.fixed !== null
  }

  /** Edits go one after the other, so that each finds the rows as the one before left them. */
  async edit(edit: Edit): Promise<boolean> {
    if (!ofTheWhole.includes(edit.do) && this.refuses()) return false
    return this.#run(() => lab.datasets.edit(this.id, edit))
  }

  async undo(): Promise<boolean> {
    return this.state?.shows === null && this.#run(() => lab.datasets.undo(this.id))
  }

  async redo(): Promise<boolean> {
    return this.state?.shows === null && this.#run(() => lab.datasets.redo(this.id))
  }

  /** Makes the dataset what it was in a version, whether that is shown or not. */
  restore(version: number): Promise<boolean> {
    return this.#run(async () => {
      const state = await lab.datasets.edit(this.dataset, { do: 'restore', version })
      return this.id === this.dataset ? state : lab.datasets.state(this.id)
    })
  }

  async look(view: SetView): Promise<void> {
    this.view = view
    await this.#run(() => lab.datasets.state(this.id))
  }

  choosePart(part: Part | undefined, faulty = false): Promise<void> {
    const { split: _split, faulty: _faulty, ...rest } = this.view
    return this.look({ ...rest, ...(part && { split: part }), ...(faulty && { faulty }) })
  }

  /** Only rows with a tag; chosen again, all of them. */
  choose(tag: SetView['tag']): Promise<void> {
    const { tag: before, ...rest } = this.view
    const isSame = JSON.stringify(before) === JSON.stringify(tag)
    return this.look({ ...rest, ...(tag && !isSame && { tag }) })
  }

  /** All rows are shown, as they stand. */
  get isWhole(): boolean {
    const { sort, find, split, faulty, tag } = this.view
    return !(sort || find || split || faulty || tag)
  }

  /** The rows `from` to `to` of the view are in sight: those that are not there are fetched. */
  show(from: number, to: number): void {
    const moved = from - this.#shown
    this.#shown = from
    const next = Math.min(most, moves * Math.abs(moved))
    const [there, back] = next > ahead ? [next, 0] : [ahead, behind]
    this.#isUp = moved < 0
    const [before, after] = this.#isUp ? [there, back] : [back, there]
    this.#sight = [Math.max(0, from - before), Math.min(this.ids.length, to + after)]
    void this.#fetch()
  }

  /** The id of a row of the view. */
  at(index: number): number | undefined {
    return this.ids[index]
  }

  /** A row, once it is here. */
  row(id: number | undefined): ShownRow | undefined {
    return this.#changes >= 0 && id !== undefined ? this.#rows.get(id) : undefined
  }

  #run(act: () => Promise<SetState>): Promise<boolean> {
    this.pending++
    const done = this.#queue.then(async () => {
      try {
        const state = await act()
        this.ids = await lab.datasets.rows(this.id, this.view)
        this.state = state
        this.problem = null
        this.#fresh = new Set()
        await this.#fetch()
        return true
      } catch (thrown) {
        this.problem = thrown
        return false
      } finally {
        this.pending--
      }
    })
    this.#queue = done
    return done
  }

  async #fetch(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      for (;;) {
        const [from, to] = this.#sight
        const missing = this.ids.slice(from, to).filter((id) => !this.#fresh.has(id))
        // First those that are in sight.
        const wanted = this.#isUp ? missing.slice(-most) : missing.slice(0, most)
        if (!wanted.length) return
        const fresh = this.#fresh
        const { rows } = await lab.datasets.page(this.id, wanted)
        for (const id of wanted) fresh.add(id)
        for (const row of rows) {
          this.#rows.delete(row.id)
          this.#rows.set(row.id, row)
        }
        this.#forget()
        this.#changes++
      }
    } catch (thrown) {
      this.problem = thrown
    } finally {
      this.#asking = false
    }
  }

  /** A hundred thousand rows do not stay in the page: those go that came first. */
  #forget(): void {
    for (const id of this.#rows.keys()) {
      if (this.#rows.size <= kept) return
      this.#rows.delete(id)
      this.#fresh.delete(id)
    }
  }
}
