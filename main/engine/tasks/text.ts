import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import type { Batch } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { randomStream } from '../random.ts'
import { likeliest } from './answers.ts'
import { inputsOf } from './inputs.ts'
import { forEachSplit, scoredExamples, type Task } from './task.ts'

/**
 * Next character: the network reads `window` characters and answers with the one that follows
 * (cross-entropy in nats). The first 80 % of the text train, the next 10 % validate, the last 10 %
 * test, so a held-out window was never seen.
 */
export const text: Task<{ id: 'text'; file: string; window: number; embedding: number }> = {
  id: 'text',
  needs: 'text',
  schema: v.strictObject({
    id: v.literal('text'),
    file: v.pipe(v.string(), v.minLength(1)),
    window: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2000)), 64),
    embedding: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)), 16),
  }),

  create({ window, embedding }, source, seed) {
    if (source?.kind !== 'text') throw new TypeError('the text task needs a text')
    const characters = [...source.text]
    const parts = { train: [0, 0.8], validation: [0.8, 0.9], test: [0.9, 1] } as const
    const bounds = (part: keyof typeof parts) =>
      parts[part].map((share) => Math.floor(share * characters.length)) as [number, number]
    const shortest = Math.min(
      ...(['train', 'validation', 'test'] as const).map((part) => bounds(part)[1] - bounds(part)[0]),
    )
    if (shortest < window + 1) {
      const needed = 10 * (window + 1)
      throw new LabError(
        'text-too-short',
        `The text has ${characters.length} characters; a window of ${window} needs at least ${needed}.`,
        'Use a longer text or a smaller window (task.window).',
        { length: characters.length, window, needed, field: 'task.window' },
      )
    }
    const vocabulary = [...new Set(characters)].sort()
    const idOf = new Map(vocabulary.map((character, id) => [character, id]))
    const ids = Int32Array.from(characters, (character) => idOf.get(character) as number)

    const windows = (starts: readonly number[]): Batch => {
      const inputs = new Int32Array(starts.length * window)
      for (const [b, start] of starts.entries()) inputs.set(ids.subarray(start, start + window), b * window)
      const targets = Int32Array.from(starts, (start) => ids[start + window] as number)
      return { inputs: ndarray([starts.length, window], inputs), targets: ndarray([starts.length], targets) }
    }
    /** Evenly spread over the part, so that a few hundred windows see all of it. */
    const spread = (part: 'validation' | 'test', limit: number): number[] => {
      const [from, to] = bounds(part)
      const places = to - from - window
      const count = Math.min(limit, places)
      return Array.from({ length: count }, (_, k) => from + Math.floor((k * places) / count))
    }
    return {
      facts: {
        length: window,
        inputs: { kind: 'tokens' },
        outputs: 'next-token',
        vocabulary,
        metric: { id: 'accuracy', better: 'higher' },
        loss: 'cross-entropy',
        baselines: forEachSplit((split) => {
          const scored = windows(spread(split, Math.min(scoredExamples[split], heldOutLimit)))
          return [guessing(ids.subarray(...bounds('train')), scored.targets.data, vocabulary.length)]
        }),
        heldOut: spread('test', heldOutLimit).length,
      },
      interface: {
        inputSize: embedding,
        outputSize: vocabulary.length,
        head: 'last',
        loss: 'cross-entropy',
        embedding: { vocab: vocabulary.length, size: embedding },
        vocabulary,
      },
      trainBatch: (step, size) => {
        const random = randomStream(seed, 'text train', step)
        const [from, to] = bounds('train')
        return windows(Array.from({ length: size }, () => from + random.integer(to - from - window)))
      },
      heldOut: (split, limit) => windows(spread(split, Math.min(limit, heldOutLimit))),
      metric: (output, { targets }) => {
        const answers = likeliest(output)
        return answers.reduce((sum, id, k) => sum + (id === targets.data[k] ? 1 : 0), 0) / answers.length
      },
      present: {
        inputs: inputsOf,
        targets: (targets) => ndarray(targets.shape, Float32Array.from(targets.data)),
        outputs: (output) => {
          const answers = likeliest(output)
          return ndarray([answers.length], Float32Array.from(answers))
        },
      },
    }
  },
}

const heldOutLimit = 512

/** Guessing by frequency: every character's share of the training text (one added to each count). */
function guessing(train: Int32Array, scored: Int32Array | Float32Array, vocabulary: number) {
  const counts = new Float64Array(vocabulary).fill(1)
  for (const id of train) counts[id] = (counts[id] as number) + 1
  const total = train.length + vocabulary
  const commonest = counts.indexOf(Math.max(...counts))
  let loss = 0
  let right = 0
  for (const id of scored) {
    loss -= Math.log((counts[id] as number) / total)
    if (id === commonest) right++
  }
  return { id: 'frequency', loss: loss / scored.length, metric: right / scored.length }
}
