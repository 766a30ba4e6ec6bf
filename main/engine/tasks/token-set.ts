import * as v from 'valibot'
import type { Baseline, Split } from '../../../shared/contract.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { likeliest } from './answers.ts'
import { padding } from './sentences.ts'
import { lengthArray, meanOverSteps, SetRows } from './sets.ts'
import { forEachSplit, scoredExamples, type Task } from './task.ts'
import { presentIds, shareRight } from './tokens.ts'

/**
 * A dataset of token sequences, as its rows and their parts are: a class after the last token, or at every step a
 * label or the token that comes next.
 */
export const tokenSet: Task<{ id: 'tokens'; file: string; embedding: number }> = {
  id: 'tokens',
  needs: 'tokens',
  schema: v.strictObject({
    id: v.literal('tokens'),
    file: v.pipe(v.string(), v.minLength(1)),
    embedding: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)), 16),
  }),

  create({ embedding }, source, seed) {
    if (source?.kind !== 'tokens') throw new TypeError('the tokens task needs a dataset of tokens')
    const { target, ids, targets } = source
    const rows = new SetRows(source)
    const vocabulary = [padding, ...source.vocabulary]
    const isNext = target === 'next'
    const classes = isNext ? vocabulary : source.classes
    const head = target === 'class' ? 'last' : 'every-step'
    // The last token is only answered, never read.
    const stepsOf = (row: number) => rows.length(row) - (isNext ? 1 : 0)
    const time = rows.longest - (isNext ? 1 : 0)

    const batchOf = (chosen: readonly number[]): Batch => {
      const inputs = new Int32Array(chosen.length * time)
      const answers = new Int32Array(head === 'last' ? chosen.length : chosen.length * time)
      for (const [b, row] of chosen.entries()) {
        const start = rows.starts[row] as number
        if (head === 'last') answers[b] = targets[row] as number
        for (let t = 0; t < stepsOf(row); t++) {
          inputs[b * time + t] = (ids[start + t] as number) + 1
          if (head === 'every-step') {
            answers[b * time + t] = isNext ? (ids[start + t + 1] as number) + 1 : (targets[start + t] as number)
          }
        }
      }
      return {
        inputs: ndarray([chosen.length, time], inputs),
        lengths: lengthArray(chosen.map(stepsOf)),
        targets: ndarray(head === 'last' ? [chosen.length] : [chosen.length, time], answers),
      }
    }
    const heldOut = (split: Split, limit: number) => batchOf(rows.heldOut(split, limit))
    return {
      facts: {
        length: time,
        inputs: { kind: 'tokens' },
        outputs: head === 'last' ? 'class' : 'class-series',
        vocabulary,
        classes,
        metric: { id: 'accuracy', better: 'higher' },
        loss: 'cross-entropy',
        baselines: forEachSplit((split) => [
          frequency(batchOf(rows.of('train')), heldOut(split, scoredExamples[split]), classes.length),
        ]),
        heldOut: rows.heldOut('test', scoredExamples.test).length,
      },
      interface: {
        inputSize: embedding,
        outputSize: classes.length,
        head,
        loss: 'cross-entropy',
        embedding: { vocab: vocabulary.length, size: embedding },
        vocabulary,
      },
      trainBatch: (step, size) => batchOf(rows.drawn(seed, step, size)),
      heldOut,
      metric: head === 'last' ? shareRight : shareRightOfSteps,
      tags: (split, limit) => rows.tags(split, limit),
      present: presentIds,
    }
  },
}

function shareRightOfSteps(output: Floats, batch: Batch): number {
  const answers = likeliest(output)
  return meanOverSteps(batch, (place) => (answers[place] === batch.targets.data[place] ? 1 : 0))
}

/** Guessing by how often each class is the answer in training (one added to each count), weighted as the loss is. */
export function frequency(train: Batch, scored: Batch, classes: number): Baseline {
  const counts = new Float64Array(classes).fill(1)
  for (const id of answersOf(train)) counts[id] = (counts[id] as number) + 1
  const total = counts.reduce((sum, count) => sum + count, 0)
  const commonest = counts.indexOf(Math.max(...counts))
  const of = (score: (id: number) => number) => {
    const { data, shape } = scored.targets
    if (shape.length > 1) return meanOverSteps(scored, (place) => score(data[place] as number))
    return Array.from(data, score).reduce((sum, value) => sum + value, 0) / data.length
  }
  return {
    id: 'frequency',
    loss: of((id) => -Math.log((counts[id] as number) / total)),
    metric: of((id) => (id === commonest ? 1 : 0)),
  }
}

function* answersOf({ targets: { shape, data }, lengths }: Batch): Generator<number> {
  const time = shape[1] ?? 1
  for (let place = 0; place < data.length; place++) {
    const isReal = shape.length === 1 || place % time < (lengths?.data[Math.floor(place / time)] ?? time)
    if (isReal) yield data[place] as number
  }
}
