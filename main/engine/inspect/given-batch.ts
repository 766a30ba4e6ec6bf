import type { TaskFacts } from '../../../shared/contract.ts'
import type { Batch, MeanStd, ModelConfig } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { sigmoid } from '../losses.ts'
import { lengthsOf, pickExamples } from '../sequence.ts'
import { likeliest } from '../tasks/answers.ts'
import { presentBits } from '../tasks/bits.ts'
import { inputsOf } from '../tasks/inputs.ts'
import type { Present, TaskInstance } from '../tasks/task.ts'
import { presentIds } from '../tasks/tokens.ts'

/** A batch as a task without training: its examples are the test, and nothing is known of them but what it holds. */
export function taskOfBatch(config: ModelConfig, batch: Batch): TaskInstance {
  const [count, length] = batch.inputs.shape as [number, number]
  const { embedding, loss, normalization, outputSize } = config
  /** With one answer yes or no there are two classes; several at once are shares of their own. */
  const classes = loss === 'cross-entropy' ? outputSize : loss === 'bce' && outputSize === 1 ? 2 : 0
  /** As of a language model: there are as many to answer with as there are to read. */
  const areWords = loss === 'cross-entropy' && outputSize === embedding?.vocab
  const every = config.head === 'every-step'
  const outputs = `${classes ? 'class' : 'value'}${every ? '-series' : ''}` as TaskFacts['outputs']
  const metric = loss === 'mse' ? 'mean-absolute-error' : 'accuracy'
  const inputs = (of: Batch, k: number) => inUnits(inputsOf(of, k), normalization?.inputs)
  const numbered = (count: number) => Array.from({ length: count }, (_, id) => String(id))
  return {
    facts: {
      length,
      inputs: embedding
        ? { kind: 'tokens' }
        : { kind: 'values', names: Array.from({ length: config.inputSize }, (_, d) => `x${d + 1}`) },
      outputs,
      ...(embedding && { vocabulary: config.vocabulary ?? numbered(embedding.vocab) }),
      ...(classes > 0 && !areWords && { classes: numbered(classes) }),
      metric: { id: metric, better: loss === 'mse' ? 'lower' : 'higher' },
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
    metric: (output, asked) => perExample(output, asked, scores[loss]),
    present: { ...presentedBy(config), inputs },
  }
}

function presentedBy({ loss, outputSize, normalization }: ModelConfig): Omit<Present, 'inputs'> {
  if (loss === 'cross-entropy') return presentIds
  if (loss === 'bce' && outputSize === 1) return presentBits
  const targets = (values: Batch['targets']) => inUnits(values as Floats, normalization?.targets)
  if (loss === 'mse') return { targets, outputs: targets }
  return { targets, outputs: ({ shape, data }) => ndarray(shape, data.map(sigmoid)) }
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

const scores: Readonly<Record<ModelConfig['loss'], Score>> = {
  'cross-entropy': (answers, targets) =>
    likeliest(answers).reduce((right, id, k) => right + (id === targets[k] ? 1 : 0), 0) / targets.length,
  bce: ({ data }, targets) =>
    data.reduce((right, logit, k) => right + (logit > 0 === (targets[k] === 1) ? 1 : 0), 0) / targets.length,
  mse: ({ data }, targets) =>
    data.reduce((sum, answer, k) => sum + Math.abs(answer - (targets[k] as number)), 0) / data.length,
}
