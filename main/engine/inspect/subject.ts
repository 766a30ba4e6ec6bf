import { LabError } from '../../../shared/errors.ts'
import type { Examples } from '../../../shared/inspect.ts'
import type { Batch, Model } from '../../../shared/model.ts'
import type { Compute } from '../layers/layer.ts'
import { cutSteps, examplesBetween, lengthsOf, pickExamples } from '../sequence.ts'
import { scoredExamples, type TaskInstance } from '../tasks/task.ts'

/** What is looked into: networks in a certain state, and a task whose examples they read. */
export interface Subject {
  readonly task: TaskInstance
  readonly compute: Compute
  /** Rows of a training batch, and updates that there are batches for. */
  readonly batchSize: number
  readonly updates: number
  readonly runs: readonly { readonly name: string; readonly model: Model; readonly step: number }[]
}

/** One example: as its set holds it, and without the steps beyond its end. */
export interface OneExample {
  readonly examples: Examples
  readonly index: number
  /** Of the set. */
  readonly count: number
  readonly padded: Batch
  readonly batch: Batch
}

/** Held-out sets are pure functions of the task: drawn once. */
const drawn = new WeakMap<TaskInstance, Map<Examples, Batch>>()

function heldOut(task: TaskInstance, examples: Exclude<Examples, 'train'>): Batch {
  const sets = drawn.get(task) ?? new Map<Examples, Batch>()
  const batch = sets.get(examples) ?? task.heldOut(examples, scoredExamples[examples])
  drawn.set(task, sets.set(examples, batch))
  return batch
}

/** Examples of a set. */
export function countOf({ task, batchSize, updates }: Subject, examples: Examples): number {
  return examples === 'train' ? batchSize * updates : (heldOut(task, examples).inputs.shape[0] as number)
}

/** Examples `from` up to but not including `to` of a set, padded to one length. */
export function examplesOf(subject: Subject, examples: Examples, from: number, to: number): Batch {
  const { task, batchSize } = subject
  if (examples !== 'train') return examplesBetween(heldOut(task, examples), from, to)
  const update = Math.floor(from / batchSize)
  const before = update * batchSize
  return examplesBetween(task.trainBatch(update + 1, batchSize), from - before, to - before)
}

/** Some of the test examples, padded to one length. Throws LabError `not-found` beyond the last. */
export function testExamples(subject: Subject, indices: readonly number[]): Batch {
  const count = countOf(subject, 'test')
  const beyond = indices.find((index) => index >= count)
  if (beyond !== undefined) throw noExample('test', beyond, count)
  return pickExamples(heldOut(subject.task, 'test'), indices)
}

/** Throws LabError `not-found` beyond the last example of the set. */
export function exampleAt(subject: Subject, examples: Examples, index: number): OneExample {
  const count = countOf(subject, examples)
  if (index >= count) throw noExample(examples, index, count)
  return withoutPadding({ examples, index, count, padded: examplesOf(subject, examples, index, index + 1) })
}

function noExample(examples: Examples, index: number, count: number): LabError {
  const message = `There is no example ${index + 1} of the set "${examples}".`
  return new LabError('not-found', message, `Choose one of 1 to ${count}.`, { index, count })
}

/** The example with its batch cut to its real steps. */
export function withoutPadding(example: Omit<OneExample, 'batch'>): OneExample {
  const { lengths: _whole, ...batch } = cutSteps(example.padded, lengthsOf(example.padded)[0] as number)
  return { ...example, batch }
}
