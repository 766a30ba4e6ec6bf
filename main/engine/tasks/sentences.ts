import type { Baseline, Split } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { type Random, randomStream } from '../random.ts'
import { forEachSplit, type TaskInstance } from './task.ts'
import { presentIds, shareRight } from './tokens.ts'

/** One example of a task that reads words and answers with one of a few classes. */
export interface Sentence {
  readonly words: readonly string[]
  /** Index into the classes. */
  readonly answer: number
  /** Whole numbers that sort held-out examples, such as the distance between clue and answer. */
  readonly tags: Readonly<Record<string, number>>
}

export interface SentenceTask {
  readonly id: string
  readonly seed: number
  /** Every word that can be read, repeats allowed. */
  readonly words: Iterable<string>
  readonly classes: readonly string[]
  /** Words of the longest sentence. */
  readonly length: number
  /** Every sentence has exactly `length` words: no lengths, no padding. */
  readonly fixedLength?: boolean
  readonly embedding: number
  readonly baselines: readonly Baseline[]
  train(random: Random): Sentence
  /** So many held-out examples in turn belong together, such as a minimal pair; left out: each stands alone. */
  readonly group?: number
  /** Groups until all that a split asks for has come once, such as every distance. */
  readonly cycle: Readonly<Record<Split, number>>
  /** Example `index` of a split. `stream(k)` is a stream of the split's own, so that examples may share one. */
  heldOut(split: Split, index: number, stream: (k: number) => Random): Sentence
  /** The other half of a sentence's minimal pair, as long; undefined where it has none. */
  counterpart(words: readonly string[], answer: number): Omit<Sentence, 'tags'> | undefined
}

/** Held-out examples: enough in the test split for an accuracy at every distance. */
export const heldOutSentences: Readonly<Record<Split, number>> = { validation: 256, test: 1000 }

/** Text of id 0, which fills a batch behind the end of a shorter sentence. */
export const padding = '<pad>'

/** A text as words; marks stand between spaces like words. */
export const split = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')

export const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(list.length)] as T

/**
 * Which part of the data a sentence belongs to, by a hash of its text: eight in ten train, one
 * validates, one tests. Whatever the seed, a held-out sentence is never trained on.
 */
export function partOf(text: string): Split | 'train' {
  return (['validation', 'test'] as const)[randomStream(0, `part ${text}`).integer(10)] ?? 'train'
}

/** Draws that find a sentence of any part, or there is none: ten are enough on average. */
const patience = 10_000

/** Draws until a sentence of `part` comes. Throws RangeError where so few can be drawn that none is of that part. */
export function drawFor<T>(part: Split | 'train', draw: () => T, text: (drawn: T) => string): T {
  for (let k = 0; k < patience; k++) {
    const drawn = draw()
    if (partOf(text(drawn)) === part) return drawn
  }
  throw new RangeError(`no sentence like "${text(draw())}" is in the part "${part}"`)
}

/** As many examples as are wanted, evenly from a whole cycle where the first ones would not go through it. */
function spreadOver({ cycle, group = 1 }: SentenceTask, split: Split, count: number): readonly number[] {
  const apart = Math.max(1, cycle[split] / Math.ceil(count / group))
  const first = (k: number) => Math.round((Math.floor(k / group) + 1) * apart) - 1
  return Array.from({ length: count }, (_, k) => first(k) * group + (k % group))
}

/** A task over sentences: ids with an embedding, the class after the last word, accuracy. */
export function sentenceTask(task: SentenceTask): TaskInstance {
  const { id, seed, classes, length, embedding, fixedLength = false } = task
  const vocabulary = [...new Set([...(fixedLength ? [] : [padding]), ...task.words])]
  const idOf = new Map(vocabulary.map((word, k) => [word, k]))

  const batchOf = (sentences: readonly Omit<Sentence, 'tags'>[]): Batch => {
    const count = sentences.length
    const inputs = new Int32Array(count * length)
    for (const [b, { words }] of sentences.entries()) {
      for (const [t, word] of words.entries()) inputs[b * length + t] = idOf.get(word) as number
    }
    const lengths = Int32Array.from(sentences, ({ words }) => words.length)
    return {
      inputs: ndarray([count, length], inputs),
      ...(!fixedLength && { lengths: ndarray([count], lengths) }),
      targets: ndarray(
        [count],
        Int32Array.from(sentences, ({ answer }) => answer),
      ),
    }
  }
  const drawn: Readonly<Record<Split, Sentence[]>> = { validation: [], test: [] }
  const at = (split: Split, indices: readonly number[]): readonly Sentence[] => {
    const stream = (k: number) => randomStream(seed, `${id} ${split}`, k)
    return indices.map((index) => (drawn[split][index] ??= task.heldOut(split, index, stream)))
  }
  const most = (split: Split, limit: number) => Math.min(limit, heldOutSentences[split])
  const first = (split: Split, limit: number) => at(split, [...Array(most(split, limit)).keys()])
  const spread = (split: Split, limit: number) => at(split, spreadOver(task, split, most(split, limit)))
  const training = (step: number, size: number): Sentence[] => {
    const random = randomStream(seed, `${id} train`, step)
    return Array.from({ length: size }, () => task.train(random))
  }
  return {
    facts: {
      length,
      inputs: { kind: 'tokens' },
      outputs: 'class',
      vocabulary,
      classes,
      metric: { id: 'accuracy', better: 'higher' },
      loss: 'cross-entropy',
      baselines: forEachSplit(() => task.baselines),
      heldOut: heldOutSentences.test,
    },
    interface: {
      inputSize: embedding,
      outputSize: classes.length,
      head: 'last',
      loss: 'cross-entropy',
      embedding: { vocab: vocabulary.length, size: embedding },
      vocabulary,
    },
    trainBatch: (step, size) => batchOf(training(step, size)),
    heldOut: (split, limit) => batchOf(first(split, limit)),
    tags: (split, limit) => tagsOf(first(split, limit)),
    spread: {
      heldOut: (split, limit) => batchOf(spread(split, limit)),
      tags: (split, limit) => tagsOf(spread(split, limit)),
    },
    trainTags: (size) => tagsOf(training(1, size)),
    counterpart: (example) => {
      const ids = example.inputs.data.subarray(0, example.lengths?.data[0] ?? length)
      const words = Array.from(ids, (word) => vocabulary[word] as string)
      const other = task.counterpart(words, example.targets.data[0] as number)
      return other ? batchOf([other]) : null
    },
    metric: shareRight,
    present: presentIds,
  }
}

function tagsOf(sentences: readonly Sentence[]): Readonly<Record<string, Int32Array>> {
  const names = Object.keys(sentences[0]?.tags ?? {})
  return Object.fromEntries(names.map((name) => [name, Int32Array.from(sentences, ({ tags }) => tags[name] as number)]))
}
