import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { LabError } from '../../../shared/errors.ts'
import type { Recipe } from '../../../shared/sequences.ts'
import type { Drawn } from './draw-thread.ts'
import { drawRows, valuesOf } from './generate.ts'
import type { StoredRow } from './rows.ts'
import { inTurns } from './turns.ts'

/** Under Node the sources run as they are; a bundle has the thread beside it as draw-thread.js. */
const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './draw-thread.ts' : './draw-thread.js', import.meta.url),
)
/** So many numbers or tokens take a tenth of a second at most: less than to start a thread. */
const few = 25_000

/**
 * What a live set shows, in batches, while others get their turns. A task draws its training rows all at once, which
 * takes seconds where they are many: those are drawn on a thread. Throws what `drawRows` throws.
 */
export async function* drawInTurns(live: Recipe): AsyncGenerator<readonly StoredRow[], void> {
  if (valuesOf(live) <= few) {
    yield* inTurns(drawRows(live))
    return
  }
  const thread = new Worker(entry, { workerData: live, execArgv: ['--no-warnings'] })
  try {
    for (;;) {
      thread.postMessage('more')
      const [drawn] = (await once(thread, 'message')) as [Drawn]
      if ('error' in drawn) throw LabError.from(drawn.error)
      if (!drawn.rows.length) return
      yield drawn.rows
    }
  } finally {
    await thread.terminate()
  }
}
