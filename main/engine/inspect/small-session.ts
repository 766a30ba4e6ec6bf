import { parse } from 'valibot'
import type { CellSpec } from '../../../shared/spec.ts'
import type { Compute } from '../layers/layer.ts'
import type { TaskSource } from '../protocol.ts'
import { Session } from '../session.ts'
import { taskById, tasks } from '../tasks/registry.ts'

/** For tests: every task in small, and a session on it. */

/** Rows of 4 to 6 steps, a third of them in each part. */
const lengths = Int32Array.from({ length: 24 }, (_, row) => 4 + (row % 3))
const set = { lengths, parts: Uint8Array.from(lengths, (_, row) => row % 3), tags: {} }
const steps = lengths.reduce((sum, length) => sum + length, 0)

const sources: Readonly<Record<string, TaskSource | undefined>> = {
  text: { kind: 'text', text: 'the cats, which already ate, were full. '.repeat(40) },
  csv: {
    kind: 'table',
    columns: [{ name: 'level', values: Float64Array.from({ length: 80 }, (_, k) => Math.sin(k / 5)) }],
  },
  tokens: {
    ...{ kind: 'tokens', target: 'class', classes: ['no', 'yes'], vocabulary: ['a', 'b', 'c'], ...set },
    ids: Int32Array.from({ length: steps }, (_, k) => (k * k) % 3),
    targets: Int32Array.from(lengths, (_, row) => (row >> 1) % 2),
  },
  numbers: {
    ...{ kind: 'numbers', target: 'value', classes: [], channels: ['level', 'other'], ...set },
    values: Float64Array.from({ length: 2 * steps }, (_, k) => Math.sin(k)),
    targets: Float64Array.from(lengths, (_, row) => Math.cos(row)),
  },
}
const fields: Readonly<Record<string, readonly object[]>> = {
  text: [{ file: 'a.txt', window: 8 }],
  csv: [{ file: 'a.csv', target: 'level', window: 12, horizon: 3 }],
  tokens: [{ file: 'set' }],
  numbers: [{ file: 'set' }],
  adding: [{ length: 8 }],
  copy: [{ delay: 3, symbols: 2 }],
  'temporal-order': [{ length: 20 }],
  parity: [{ length: 6 }, { length: 6, answer: 'every-step' }, { length: 6, lengths: 'fixed' }],
  agreement: [{ maxDistance: 5, testDistance: 5 }],
  scalar: [{ length: 8 }],
  sine: [{ length: 8 }],
  'noisy-sine': [{ length: 8 }],
}

export function openSmall(compute: Compute, id: string, task: object, cells: readonly Partial<CellSpec>[]): Session {
  const source = sources[id]
  return new Session(
    compute,
    {
      spec: {
        task: parse(taskById(id).schema, { id, ...task }) as { id: string },
        cells: cells.map((cell) => ({ cell: 'rnn', hiddenSize: 3, layers: 1, ...cell })),
        training: {
          steps: 1,
          batchSize: 2,
          optimizer: 'adam',
          learningRate: 0.01,
          clipNorm: 1,
          init: 'pytorch',
          forgetBias: 1,
        },
        seed: 1,
      },
      ...(source && { source }),
    },
    { rows() {}, state() {}, checkpoint() {}, moment() {} },
  )
}

/** Every task of the registry with fields that make it small. */
export const smallTasks = Object.keys(tasks).flatMap((id) => (fields[id] ?? [{}]).map((task) => [id, task] as const))
