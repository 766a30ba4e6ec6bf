import type { TaskFacts } from '../../../shared/contract.ts'
import type { Batch, MeanStd, ModelConfig } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { lengthsOf, pickExamples } from '../sequence.ts'
import { likeliest } from '../tasks/answers.ts'
import { inputsOf } from '../tasks/inputs.ts'
import type { TaskInstance } from '../tasks/task.ts'
import { presentIds } from '../tasks/tokens.ts'

/** A batch as a task without training: its examples are the test, and nothing is known of them but what it holds. */
export function taskOfBatch(config: ModelConfig, batch: Batch): TaskInstance {
  const [count, length] = batch.inputs.shape as [number, number]
  const { embedding, loss, normalization } = config
  const isClass = loss === 'cross-entropy'
  const every = config.head === 'every-step'
  const outputs = `${isClass ? 'class' : 'value'}${every ? '-series' : ''}` as TaskFacts['outputs']
  const metric = isClass ? 'accuracy' : 'mean-absolute-error'
  const inputs = (of: Batch, k: number) => inUnits(inputsOf(of, k), normalization?.inputs)
  return {
    facts: {
      length,
      inputs: embedding
        ? { kind: 'tokens' }
        : { kind: 'values', names: Array.from({ length: config.inputSize }, (_, d) => `x${d + 1}`) },
      outputs,
      ...(embedding && {
        vocabulary: config.vocabulary ?? Array.from({ length: embedding.vocab }, (_, id) => String(id)),
      }),
      metric: { id: metric, better: isClass ? 'higher' : 'lower' },
      loss,
      baselines: { validation: [], test: [] },
      heldOut: count,
    },
    interface: config,
    trainBatch: () => {
      throw new RangeError('a batch has no training set')
    },
    heldOut: (split, limit) =>
      pickExamples(batch, split === 'test' ? Array.from({ length: Math.min(count, limit) }, (_, k) => k) : []),
    metric: (output, asked) => perExample(output, asked, isClass ? shareOfRight : meanDistance),
    present: isClass
      ? { ...presentIds, inputs }
      : {
          inputs,
          targets: (targets) => inUnits(targets as Floats, normalization?.targets),
          outputs: (output) => inUnits(output, normalization?.targets),
        },
  }
}

function inUnits({ shape, data }: Floats, scale: MeanStd | undefined): Floats {
  if (!scale) return { shape, data }
  const width = scale.mean.length
  const restored = data.map((value, k) => value * (scale.std[k % width] as number) + (scale.mean[k % width] as number))
  return ndarray(shape, restored)
}

type Score = (answers: Floats, targets: ArrayLike<number>) => number

/** The mean over examples of each one's score over its own real steps. */
function perExample(output: Floats, batch: Batch, score: Score): number {
  const [count, ...own] = output.shape as [number, ...number[]]
  const width = own.at(-1) as number
  const steps = own.length > 1 ? (own[0] as number) : 1
  const lengths = steps === 1 ? Array<number>(count).fill(1) : lengthsOf(batch)
  const perStep = batch.targets.data.length / (count * steps)
  let sum = 0
  for (const [b, length] of lengths.entries()) {
    const from = b * steps * width
    const answers = ndarray([length, width], output.data.subarray(from, from + length * width))
    sum += score(answers, batch.targets.data.subarray(b * steps * perStep, (b * steps + length) * perStep))
  }
  return sum / count
}

const shareOfRight: Score = (answers, targets) =>
  likeliest(answers).reduce((right, id, k) => right + (id === targets[k] ? 1 : 0), 0) / targets.length

const meanDistance: Score = ({ data }, targets) =>
  data.reduce((sum, answer, k) => sum + Math.abs(answer - (targets[k] as number)), 0) / data.length
