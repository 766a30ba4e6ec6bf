import { once } from 'node:events'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { errorData, type LabErrorData } from '../../../shared/errors.ts'
import type { Recipe } from '../../../shared/sequences.ts'
import { drawRows } from './generate.ts'
import type { StoredRow } from './rows.ts'
import { inTurns } from './turns.ts'

/** What the thread answers whenever it is asked for more rows: none, when there are no more. */
export type Drawn = { readonly rows: readonly StoredRow[] } | { readonly error: LabErrorData }

const port = parentPort as MessagePort
const answer = (drawn: Drawn) => port.postMessage(drawn)

try {
  for await (const rows of inTurns(drawRows(workerData as Recipe))) {
    await once(port, 'message')
    answer({ rows })
  }
  await once(port, 'message')
  answer({ rows: [] })
} catch (error) {
  answer({ error: errorData(error) })
}
