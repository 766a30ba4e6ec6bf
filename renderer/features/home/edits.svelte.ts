interface Item {
  readonly id: string
  readonly name: string
}

/** The calls a list of the lab's things is changed by. */
interface Room {
  rename(id: string, name: string): Promise<unknown>
  remove(id: string): Promise<unknown>
  restore(id: string): Promise<unknown>
}

/** Renaming and deleting in a list, with the way back; `changed` reads the list anew after each. */
export class Edits {
  /** What was deleted last and can be brought back. */
  deleted = $state.raw<Item | null>(null)
  problem = $state.raw<unknown>(null)
  readonly #room: Room
  readonly #changed: () => Promise<void>

  constructor(room: Room, changed: () => Promise<void>) {
    this.#room = room
    this.#changed = changed
  }

  rename(item: Item, name: string): Promise<void> {
    return this.#act(() => this.#room.rename(item.id, name))
  }

  remove(item: Item): Promise<void> {
    return this.#act(async () => {
      await this.#room.remove(item.id)
      this.deleted = item
    })
  }

  undo(): Promise<void> {
    return this.#act(async () => {
      if (this.deleted) await this.#room.restore(this.deleted.id)
      this.deleted = null
    })
  }

  dismiss(): void {
    this.deleted = null
  }

  async #act(action: () => Promise<unknown>): Promise<void> {
    this.problem = null
    try {
      await action()
    } catch (thrown) {
      this.problem = thrown
    }
    await this.#changed()
  }
}
