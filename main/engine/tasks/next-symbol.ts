import type { Baseline, Split, TaskFacts } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { generated, heldOutExamples } from './generated.ts'
import { type Grammar, symbols } from './grammar.ts'
import { forEachSplit, scoredExamples, type TaskInstance } from './task.ts'
import { presentIds } from './tokens.ts'

/** What one grammar task has of its own; strings are symbol ids. */
interface Rules {
  readonly id: string
  /** Largest number of steps: the symbols of a string without its last. */
  readonly length: number
  readonly grammar: Grammar
  readonly metricId: string
  readonly metric: TaskInstance['metric']
  /** Of the strings that are scored and the share of every symbol among what is answered. */
  baselines(strings: readonly number[][], shares: readonly number[]): readonly Baseline[]
  readonly tags?: (strings: readonly number[][]) => Readonly<Record<string, Int32Array>>
}

/** A task that reads a string's symbols and answers, at every step, with the one that follows. */
export function nextSymbol(rules: Rules, seed: number): TaskInstance {
  const { id, length, grammar, tags } = rules
  const { trainBatch, heldOut } = generated(id, seed, (random, size) =>
    batchOf(
      Array.from({ length: size }, () => grammar.draw(random)),
      length,
    ),
  )
  const facts: TaskFacts = {
    length,
    inputs: { kind: 'tokens' },
    outputs: 'class-series',
    vocabulary: symbols,
    classes: symbols,
    metric: { id: rules.metricId, better: 'higher' },
    loss: 'cross-entropy',
    baselines: forEachSplit((split) => {
      const strings = stringsOf(heldOut(split, scoredExamples[split]))
      return rules.baselines(strings, sharesOf(strings))
    }),
    heldOut: heldOutExamples,
  }
  return {
    facts,
    interface: {
      inputSize: symbols.length,
      outputSize: symbols.length,
      head: 'every-step',
      loss: 'cross-entropy',
      embedding: { vocab: symbols.length, size: symbols.length },
      vocabulary: symbols,
    },
    trainBatch,
    heldOut,
    metric: rules.metric,
    ...(tags && {
      tags: (split: Split, limit: number) => tags(stringsOf(heldOut(split, limit))),
      trainTags: (size: number) => tags(stringsOf(trainBatch(1, size))),
    }),
    present: presentIds,
  }
}

function batchOf(strings: readonly number[][], length: number): Batch {
  const inputs = new Int32Array(strings.length * length)
  const targets = new Int32Array(strings.length * length)
  for (const [b, string] of strings.entries()) {
    inputs.set(string.slice(0, -1), b * length)
    targets.set(string.slice(1), b * length)
  }
  return {
    inputs: ndarray([strings.length, length], inputs),
    lengths: ndarray(
      [strings.length],
      Int32Array.from(strings, (string) => string.length - 1),
    ),
    targets: ndarray([strings.length, length], targets),
  }
}

/** The strings that a batch was made of. */
export function stringsOf({ inputs, targets, lengths }: Batch): number[][] {
  const time = inputs.shape[1] as number
  return Array.from(lengths?.data ?? [], (length, b) => [
    inputs.data[b * time] as number,
    ...targets.data.subarray(b * time, b * time + length),
  ])
}

/** Mean over strings of the mean over a string's steps, as the loss is; the first symbol is never answered. */
export function perStep(strings: readonly number[][], of: (string: readonly number[]) => readonly number[]): number {
  const means = strings.map((string) => {
    const values = of(string).slice(1)
    return values.reduce((sum, value) => sum + value, 0) / values.length
  })
  return means.reduce((sum, mean) => sum + mean, 0) / means.length
}

/** The share of every symbol among the answers, weighted as the loss is. */
const sharesOf = (strings: readonly number[][]): number[] =>
  symbols.map((_, id) => perStep(strings, (string) => string.map((symbol) => (symbol === id ? 1 : 0))))

/** The loss of always answering with these shares, the least that a fixed answer can have on these strings. */
export const entropyOf = (shares: readonly number[]): number =>
  shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0)

/** The loss of answering as well as one can who knows the grammar and the string so far. */
export const grammarLoss = (grammar: Grammar, strings: readonly number[][]): number =>
  perStep(strings, (string) => grammar.bestShares(string).map((share) => -Math.log(share)))
