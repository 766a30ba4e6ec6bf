import { LabError } from '../../shared/errors.ts'
import type { Batch, ModelConfig } from '../../shared/model.ts'

const hint = 'Write the batch for this model: see "Files" in the README.'

function refuse(message: string): never {
  throw new LabError('batch-invalid', message, hint)
}

const shown = (shape: readonly number[]) => `[${shape.join(', ')}]`

/**
 * Checks a batch against a model and returns every example's length.
 * Throws LabError `batch-invalid` that names the array, what it holds and what is expected.
 */
export function checkBatch(config: ModelConfig, { inputs, lengths, targets }: Batch): number[] {
  const [count, time] = inputs.shape
  if (!count || !time) {
    refuse(`inputs has shape ${shown(inputs.shape)}: it needs at least one example and one time step.`)
  }
  const real = checkLengths(lengths, count, time)
  checkFinite('inputs', inputs, real, time)
  if (config.embedding) checkIds('inputs', inputs, config.embedding.vocab, [count, time], real)
  else if (inputs.data instanceof Int32Array || !same(inputs.shape, [count, time, config.inputSize])) {
    refuse(`inputs has shape ${shown(inputs.shape)}: this model reads float values [B, T, ${config.inputSize}].`)
  }
  const lead = config.head === 'last' ? [count] : [count, time]
  if (config.loss === 'cross-entropy') checkIds('targets', targets, config.outputSize, lead, real)
  else if (targets.data instanceof Int32Array || !same(targets.shape, [...lead, config.outputSize])) {
    refuse(`targets has shape ${shown(targets.shape)}: this model needs floats ${shown([...lead, config.outputSize])}.`)
  }
  const steps = config.head === 'last' ? 1 : time
  checkFinite('targets', targets, real, steps)
  if (config.loss === 'bce') checkBits('targets', targets, real, steps)
  return real
}

/** NaN and infinities in real steps would end as a picture of nothing. */
function checkFinite(name: string, array: Batch['inputs'], lengths: readonly number[], time: number): void {
  const wrong = firstWrong(array, lengths, time, Number.isFinite)
  if (wrong) refuse(`${name} holds ${wrong.value} at ${wrong.where}: only finite numbers can be computed with.`)
}

/** Binary cross-entropy is that of an answer yes or no; with other targets it would be a number without a meaning. */
function checkBits(name: string, array: Batch['inputs'], lengths: readonly number[], time: number): void {
  const wrong = firstWrong(array, lengths, time, (value) => value === 0 || value === 1)
  if (wrong) refuse(`${name} holds ${wrong.value} at ${wrong.where}: with the loss "bce" every target is 0 or 1.`)
}

/** The first value of a real step that is not `right`, and where; padding is never read. `time` 1: no time axis. */
function firstWrong(
  { shape, data }: Batch['inputs'],
  lengths: readonly number[],
  time: number,
  right: (value: number) => boolean,
): { value: number; where: string } | undefined {
  const width = data.length / (lengths.length * time)
  const isReal = (k: number) =>
    time === 1 || Math.floor(k / width) % time < (lengths[Math.floor(k / width / time)] as number)
  const wrong = data.findIndex((value, k) => !right(value) && isReal(k))
  if (wrong < 0) return undefined
  const place = `example ${Math.floor(wrong / width / time)}, step ${Math.floor(wrong / width) % time}`
  return { value: data[wrong] as number, where: shape.length > 1 && time > 1 ? place : `position ${wrong}` }
}

function checkLengths(lengths: Batch['lengths'], count: number, time: number): number[] {
  if (!lengths) return Array<number>(count).fill(time)
  if (!same(lengths.shape, [count])) refuse(`lengths has shape ${shown(lengths.shape)} where [${count}] is expected.`)
  for (const [b, length] of lengths.data.entries()) {
    if (length < 1 || length > time) refuse(`lengths[${b}] is ${length}: it must be 1 to ${time}.`)
  }
  return [...lengths.data]
}

/** Ids of real steps must exist; what stands in the padding (-100, say) is never read. */
function checkIds(
  name: string,
  { shape, data }: Batch['inputs'],
  limit: number,
  expected: readonly number[],
  lengths: readonly number[],
): void {
  if (!(data instanceof Int32Array) || !same(shape, expected)) {
    refuse(`${name} has shape ${shown(shape)}: this model needs int32 ids ${shown(expected)}.`)
  }
  const time = expected[1] ?? 1
  const isReal = (k: number) => expected.length === 1 || k % time < (lengths[Math.floor(k / time)] as number)
  const wrong = data.findIndex((id, k) => isReal(k) && (id < 0 || id >= limit))
  if (wrong >= 0) refuse(`${name} holds the id ${data[wrong]} at position ${wrong}: ids are 0 to ${limit - 1}.`)
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, k) => length === b[k])
}
