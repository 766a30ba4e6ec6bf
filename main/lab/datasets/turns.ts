import { setImmediate as turn } from 'node:timers/promises'

/** Milliseconds of work between two turns of others. */
const moment = 20

/** Does once what several ask for at the same time, by its name. */
export class Shared {
  readonly #running = new Map<string, Promise<void>>()

  run(name: string, act: () => Promise<void>): Promise<void> {
    const running = this.#running.get(name) ?? act().finally(() => this.#running.delete(name))
    this.#running.set(name, running)
    return running
  }
}

/** Items as they come, in batches that take a moment each, with a turn of others behind every one. */
export async function* inTurns<T>(items: Iterable<T>): AsyncGenerator<readonly T[], void> {
  let batch: T[] = []
  let end = performance.now() + moment
  for (const item of items) {
    batch.push(item)
    if (performance.now() < end) continue
    yield batch
    await turn()
    batch = []
    end = performance.now() + moment
  }
  if (batch.length) yield batch
}
