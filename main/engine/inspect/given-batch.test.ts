import { beforeAll, expect, test } from 'vitest'
import type { Batch, ModelConfig } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { wasm } from '../backends/wasm.ts'
import { initialise } from '../initialise.ts'
import type { Compute } from '../layers/layer.ts'
import { sigmoid } from '../losses.ts'
import { inspectExample } from './example.ts'
import { openedSubject } from './opened.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

const [count, length] = [3, 4]
const numbers = ndarray(
  [count, length, 1],
  Float32Array.from({ length: count * length }, (_, k) => Math.sin(k)),
)
const ids = ndarray(
  [count, length],
  Int32Array.from({ length: count * length }, (_, k) => k % 5),
)

/** The second example of a batch, as a network that has learnt nothing answers it. */
async function opened(own: Pick<ModelConfig, 'loss' | 'head' | 'outputSize'> & Partial<ModelConfig>, batch: Batch) {
  const config: ModelConfig = { cell: 'gru', inputSize: 1, hiddenSize: 4, layers: 1, ...own }
  const parameters = initialise(config, { init: 'pytorch', forgetBias: 1 }, 7)
  const subject = openedSubject(compute, { model: { config, parameters }, examples: { kind: 'batch', batch } })
  const example = await inspectExample(subject, { examples: 'test', index: 1, jacobians: false })
  const [run] = example.runs
  if (!run) throw new Error('nothing was traced')
  return { facts: subject.task.facts, task: subject.task, example, ...run }
}

test('classes are numbered, whatever the words are called that are read', async () => {
  const embedding = { vocab: 5, size: 3 }
  const vocabulary = ['the', 'cat', 'cats', 'was', 'were']
  const reader = { inputSize: 3, embedding, vocabulary, loss: 'cross-entropy' } as const
  const classes = { inputs: ids, targets: ndarray([count], Int32Array.of(0, 1, 1)) }
  const { facts, example } = await opened({ ...reader, head: 'last', outputSize: 2 }, classes)
  expect(facts.classes).toEqual(['0', '1'])
  expect(example.tokens?.[0]).toBe('were')
  const next = { inputs: ids, targets: ids }
  const model = await opened({ ...reader, head: 'every-step', outputSize: 5 }, next)
  expect(model.facts.classes ?? model.facts.vocabulary).toEqual(vocabulary)
})

test('a single logit of bce answers with one of two classes, as sure as its sigmoid says', async () => {
  const batch = { inputs: numbers, targets: ndarray([count, 1], Float32Array.of(0, 1, 0)) }
  const { facts, task, example, trace, answer, answers } = await opened(
    { loss: 'bce', head: 'last', outputSize: 1 },
    batch,
  )
  expect([facts.outputs, facts.classes, facts.metric.id]).toEqual(['class', ['0', '1'], 'accuracy'])
  const logit = trace.output?.data[0] as number
  expect(example.target).toBe(1)
  expect(answer).toBe(logit > 0 ? 1 : 0)
  expect(answers.data.at(-1)).toBeCloseTo(sigmoid(logit), 5)
  expect(task.metric(ndarray([count, 1], Float32Array.of(-1, 2, 3)), batch)).toBeCloseTo(2 / 3)

  const each = { inputs: numbers, targets: ndarray([count, length, 1], new Float32Array(count * length).fill(1)) }
  const every = await opened({ loss: 'bce', head: 'every-step', outputSize: 1 }, each)
  expect(every.facts.outputs).toBe('class-series')
  expect(every.example.targets?.shape).toEqual([length])
  expect(every.answers.shape).toEqual([length, 2])
})

test('several logits of bce are a share each', async () => {
  const batch = { inputs: numbers, targets: ndarray([count, 2], Float32Array.of(0, 1, 1, 0, 0, 0)) }
  const { facts, task, trace, answers } = await opened({ loss: 'bce', head: 'last', outputSize: 2 }, batch)
  expect([facts.outputs, facts.classes]).toEqual(['value', undefined])
  const [first, second] = [...(trace.output?.data ?? [])].map(sigmoid)
  expect(answers.data.at(-2)).toBeCloseTo(first ?? Number.NaN, 5)
  expect(answers.data.at(-1)).toBeCloseTo(second ?? Number.NaN, 5)
  expect(task.metric(ndarray([count, 2], Float32Array.of(-1, 1, 1, 1, -1, -1)), batch)).toBeCloseTo(5 / 6)
})
