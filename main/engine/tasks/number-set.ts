import * as v from 'valibot'
import type { Baseline, Split } from '../../../shared/contract.ts'
import type { Batch, MeanStd } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { NumberSet } from '../protocol.ts'
import { inputsOf } from './inputs.ts'
import { lengthArray, meanOverSteps, SetRows } from './sets.ts'
import { forEachSplit, scoredExamples, type Task } from './task.ts'
import { frequency } from './token-set.ts'
import { presentIds, shareRight } from './tokens.ts'

interface NumberSetSpec {
  readonly id: 'numbers'
  readonly file: string
  readonly normalize: 'standard' | 'min-max' | 'none'
}

/**
 * A dataset of number sequences, as its rows and their parts are: a value or a class after the last step, or at
 * every step a value or the next value of the first channel. Numbers are normalised by what the training rows show,
 * and scored in their own unit.
 */
export const numberSet: Task<NumberSetSpec> = {
  id: 'numbers',
  needs: 'numbers',
  schema: v.strictObject({
    id: v.literal('numbers'),
    file: v.pipe(v.string(), v.minLength(1)),
    normalize: v.optional(v.picklist(['standard', 'min-max', 'none']), 'standard'),
  }),

  create({ normalize }, source, seed) {
    if (source?.kind !== 'numbers') throw new TypeError('the numbers task needs a dataset of numbers')
    const { target, values, targets, channels, classes } = source
    const rows = new SetRows(source)
    const width = channels.length
    const isNext = target === 'next'
    const isClass = target === 'class'
    const head = target === 'value' || isClass ? 'last' : 'every-step'
    const stepsOf = (row: number) => rows.length(row) - (isNext ? 1 : 0)
    const time = rows.longest - (isNext ? 1 : 0)
    const scale = channels.map((_, d) => scaleOf(trainingValues(source, rows, d), normalize))
    const own = isClass ? unscaled : isNext ? (scale[0] as Scale) : scaleOf(trainingTargets(source, rows), normalize)

    const batchOf = (chosen: readonly number[]): Batch => {
      const inputs = new Float32Array(chosen.length * time * width)
      const answers = new Float32Array(head === 'last' ? chosen.length : chosen.length * time)
      const answer = (value: number) => (value - own.mean) / own.std
      for (const [b, row] of chosen.entries()) {
        const start = rows.starts[row] as number
        if (head === 'last') answers[b] = answer(targets[row] as number)
        for (let t = 0; t < stepsOf(row); t++) {
          for (const [d, { mean, std }] of scale.entries()) {
            inputs[(b * time + t) * width + d] = ((values[(start + t) * width + d] as number) - mean) / std
          }
          if (head === 'every-step') {
            answers[b * time + t] = answer((isNext ? values[(start + t + 1) * width] : targets[start + t]) as number)
          }
        }
      }
      const shape = head === 'last' ? [chosen.length, 1] : [chosen.length, time, 1]
      return {
        inputs: ndarray([chosen.length, time, width], inputs),
        lengths: lengthArray(chosen.map(stepsOf)),
        targets: isClass ? ndarray([chosen.length], Int32Array.from(answers)) : ndarray(shape, answers),
      }
    }
    const heldOut = (split: Split, limit: number) => batchOf(rows.heldOut(split, limit))
    const inUnits = ({ shape, data }: Floats): Floats =>
      ndarray(
        shape,
        data.map((value) => value * own.std + own.mean),
      )
    const error = (power: 1 | 2) => (answers: Pick<Floats, 'data'>, batch: Batch) => {
      const at = (place: number) =>
        Math.abs((answers.data[place] as number) - (batch.targets.data[place] as number)) ** power
      if (head === 'every-step') return meanOverSteps(batch, at)
      return answers.data.reduce((sum, _, b) => sum + at(b), 0) / answers.data.length
    }
    const meanError: typeof shareRight = (output, batch) => error(1)(output, batch as Batch) * own.std
    const scored = (id: string, answers: Float32Array, batch: Batch): Baseline => ({
      id,
      loss: error(2)({ data: answers }, batch),
      metric: error(1)({ data: answers }, batch) * own.std,
    })
    /** The last value again, as it stands in the inputs of the first channel. */
    const persistence = (batch: Batch) =>
      Float32Array.from(batch.targets.data, (_, place) => batch.inputs.data[place * width] as number)
    const baselines = (split: Split): Baseline[] => {
      const batch = heldOut(split, scoredExamples[split])
      if (isClass) return [frequency(batchOf(rows.of('train')), batch, classes.length)]
      const mean =
        normalize === 'standard'
          ? 0
          : (meanOf(isNext ? trainingValues(source, rows, 0) : trainingTargets(source, rows)) - own.mean) / own.std
      const guess = scored('mean', new Float32Array(batch.targets.data.length).fill(mean), batch)
      return isNext ? [guess, scored('persistence', persistence(batch), batch)] : [guess]
    }
    return {
      facts: {
        length: time,
        inputs: { kind: 'values', names: channels },
        outputs: isClass ? 'class' : head === 'last' ? 'value' : 'value-series',
        ...(isClass && { classes }),
        metric: isClass ? { id: 'accuracy', better: 'higher' } : { id: 'mean-absolute-error', better: 'lower' },
        loss: isClass ? 'cross-entropy' : 'mse',
        baselines: forEachSplit(baselines),
        heldOut: rows.heldOut('test', scoredExamples.test).length,
      },
      interface: {
        inputSize: width,
        outputSize: isClass ? classes.length : 1,
        head,
        loss: isClass ? 'cross-entropy' : 'mse',
        normalization: { inputs: meanStd(scale), ...(!isClass && { targets: meanStd([own]) }) },
      },
      trainBatch: (step, size) => batchOf(rows.drawn(seed, step, size)),
      heldOut,
      metric: isClass ? shareRight : meanError,
      tags: (split, limit) => rows.tags(split, limit),
      present: {
        inputs: (batch, example) => {
          const { shape, data } = inputsOf(batch, example)
          const restored = data.map((value, k) => {
            const { mean, std } = scale[k % width] as Scale
            return value * std + mean
          })
          return ndarray(shape, restored)
        },
        targets: (given) => (isClass ? presentIds.targets(given) : inUnits(given as Floats)),
        outputs: (output) => (isClass ? presentIds.outputs(output) : inUnits(output)),
      },
    }
  },
}

interface Scale {
  readonly mean: number
  readonly std: number
}

const unscaled: Scale = { mean: 0, std: 1 }
const meanStd = (scales: readonly Scale[]): MeanStd => ({
  mean: scales.map(({ mean }) => mean),
  std: scales.map(({ std }) => std),
})

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** What is taken away and what is divided by; numbers that never change are only centred. */
function scaleOf(values: readonly number[], how: NumberSetSpec['normalize']): Scale {
  if (how === 'none') return unscaled
  if (how === 'min-max') {
    const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
    const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
    return { mean: low, std: high - low || 1 }
  }
  const mean = meanOf(values)
  return { mean, std: Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) || 1 }
}

function trainingValues({ values, channels }: NumberSet, rows: SetRows, channel: number): number[] {
  return rows.of('train').flatMap((row) => {
    const start = rows.starts[row] as number
    return Array.from({ length: rows.length(row) }, (_, t) => values[(start + t) * channels.length + channel] as number)
  })
}

function trainingTargets({ target, targets }: NumberSet, rows: SetRows): number[] {
  return rows
    .of('train')
    .flatMap((row) =>
      target === 'value' ? [targets[row] as number] : [...targets.subarray(rows.starts[row], rows.starts[row + 1])],
    )
}
