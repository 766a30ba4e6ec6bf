import type { CellInput } from './cells-form.svelte.ts'
import type { TrainingInput } from './training-form.svelte.ts'

/** What a task's form begins with where its own defaults show less, or take longer. */
export interface Preset {
  readonly task?: Readonly<Record<string, number | string | boolean>>
  readonly cells?: readonly CellInput[]
  readonly training?: TrainingInput
}

export const usualCells: readonly CellInput[] = [{ cell: 'rnn' }, { cell: 'lstm' }]

const presets: Readonly<Record<string, Preset>> = {
  // Short enough that the LSTM repeats most symbols within a minute, long enough that the RNN repeats none.
  copy: { task: { delay: 20, symbols: 4, alphabet: 4 }, training: { steps: 3000 } },
  // The published length of 100 takes some ten thousand updates.
  'temporal-order': { task: { length: 30 }, training: { steps: 2000 } },
  // The cell the task is about: one weight, which begins at 1. Steps that are larger leave the plain at once.
  scalar: {
    cells: [{ cell: 'rnn', hiddenSize: 1, activation: 'identity' }],
    training: { init: 'identity', learningRate: 0.001 },
  },
  // What shared weights are for: the same cell with weights of each step's own beside it.
  'word-order': { cells: [{ cell: 'rnn' }, { cell: 'rnn', weights: 'per-step' }] },
}

export const presetOf = (task: string): Preset => (Object.hasOwn(presets, task) ? (presets[task] as Preset) : {})
