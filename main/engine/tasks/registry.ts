import { LabError } from '../../../shared/errors.ts'
import { adding } from './adding.ts'
import { agreement } from './agreement.ts'
import { clueEn } from './clue-en.ts'
import { clueZh } from './clue-zh.ts'
import { copy } from './copy.ts'
import { csv } from './csv.ts'
import { embeddedReber } from './embedded-reber.ts'
import { noisySine } from './noisy-sine.ts'
import { numberSet } from './number-set.ts'
import { parity } from './parity.ts'
import { reber } from './reber.ts'
import { scalar } from './scalar.ts'
import { sine } from './sine.ts'
import type { Task } from './task.ts'
import { temporalOrder } from './temporal-order.ts'
import { text } from './text.ts'
import { tokenSet } from './token-set.ts'
import { wordOrder } from './word-order.ts'

/** Every task the lab knows. A new task is a file beside these and a line here. */
export const tasks: Readonly<Record<string, Task>> = Object.fromEntries(
  [
    adding,
    text,
    csv,
    tokenSet,
    numberSet,
    copy,
    temporalOrder,
    parity,
    reber,
    embeddedReber,
    agreement,
    clueZh,
    clueEn,
    wordOrder,
    scalar,
    sine,
    noisySine,
  ].map((task) => [task.id, task as Task]),
)

/** Throws `spec-invalid` for an id that is not in the registry. */
export function taskById(id: string): Task {
  const task = Object.hasOwn(tasks, id) ? tasks[id] : undefined
  if (task) return task
  const known = Object.keys(tasks).join(', ')
  const details = { field: 'task.id', value: id }
  throw new LabError('spec-invalid', `task.id: there is no task "${id}".`, `Use one of: ${known}.`, details)
}
