import { LabError } from '../../../shared/errors.ts'
import type { WhatIf, WhatIfQuery } from '../../../shared/inspect.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, type Integers, ndarray } from '../../../shared/ndarray.ts'
import { traceExample } from './example.ts'
import { exampleAt, type OneExample, type Subject, withoutPadding } from './subject.ts'

/**
 * An example as it is, and as it would be: with other inputs, or with values fixed inside the network.
 * Throws LabError `not-found` beyond the last example, `spec-invalid` for a change that does not fit the
 * example or the network.
 */
export async function whatIf(subject: Subject, query: WhatIfQuery): Promise<WhatIf> {
  const original = exampleAt(subject, query.examples, query.index)
  const changed = changedExample(subject, original, query)
  const fixed = subject.runs.map((_, run) => query.interventions[run])
  // Both by the same arithmetic, so that what differs is the change and no rounding.
  const nothing = fixed.map((interventions) => (interventions?.length ? [] : undefined))
  return {
    original: await traceExample(subject, original, query, nothing),
    changed: await traceExample(
      subject,
      changed,
      query,
      fixed.map((interventions) => (interventions?.length ? interventions : undefined)),
    ),
  }
}

function changedExample(subject: Subject, example: OneExample, query: WhatIfQuery): OneExample {
  const { inputs, target } = query
  if (query.counterpart) {
    if (inputs || target !== undefined) refuse('counterpart', 'a counterpart has inputs and a target of its own.')
    const padded = subject.task.counterpart?.(example.padded)
    return padded ? withoutPadding({ ...example, padded }) : refuse('counterpart', 'this example has no counterpart.')
  }
  const { batch, padded } = example
  const read = inputs ? inputsFor(subject, example, inputs) : batch.inputs
  const asked = target === undefined ? {} : { targets: targetFor(subject, target) }
  return {
    ...example,
    batch: { ...batch, inputs: read, ...asked },
    // What weights of each step's own are run on: they take the example's length and no other.
    padded: { ...padded, inputs: startingWith(padded.inputs, read), ...asked },
  }
}

function startingWith({ shape, data }: Batch['inputs'], start: Batch['inputs']): Batch['inputs'] {
  const whole = data.slice()
  whole.set(start.data.subarray(0, whole.length))
  return ndarray(shape, whole) as Batch['inputs']
}

/** A presented [T, D] or [T] as a batch of one; what was not changed stays bit for bit. */
function inputsFor({ task, runs }: Subject, { batch }: OneExample, { shape, data }: Floats): Batch['inputs'] {
  const { facts } = task
  const config = runs[0]?.model.config
  const width = config?.embedding ? [] : [config?.inputSize ?? 0]
  const [time = 0] = shape
  const expected = [time, ...width]
  if (shape.length !== expected.length || shape.some((length, axis) => length !== expected[axis])) {
    refuse('inputs', `inputs have shape [${shape}], expected [T${width.map((size) => `, ${size}`)}].`)
  }
  const longest = Math.max(facts.length, batch.inputs.shape[1] as number)
  const isFixed = config?.head === 'every-step' || runs.some(({ model }) => model.config.weights === 'per-step')
  if (time > longest || (isFixed && time !== batch.inputs.shape[1])) {
    const limit = isFixed ? `exactly ${batch.inputs.shape[1]}` : `at most ${longest}`
    refuse('inputs', `inputs have ${time} steps, expected ${limit}.`)
  }
  if (config?.embedding) {
    const { vocab } = config.embedding
    const wrong = data.find((id) => !Number.isInteger(id) || id < 0 || id >= vocab)
    if (wrong !== undefined) refuse('inputs', `inputs hold the id ${wrong}: ids are 0 to ${vocab - 1}.`)
    return ndarray([1, time], Int32Array.from(data)) satisfies Integers
  }
  const shown = task.present.inputs(batch, 0).data
  const { mean, std } = config?.normalization?.inputs ?? {}
  const raw = data.map((value, k) => {
    if (value === shown[k]) return batch.inputs.data[k] as number
    const column = k % (width[0] as number)
    return mean && std ? (value - (mean[column] as number)) / (std[column] as number) : value
  })
  return ndarray([1, time, ...width], raw)
}

function targetFor({ runs }: Subject, target: number): Batch['targets'] {
  const config = runs[0]?.model.config
  if (config?.head !== 'last')
    return refuse('target', 'target can only be changed where the last step alone is answered.')
  if (config.loss === 'cross-entropy') {
    const { outputSize } = config
    if (Number.isInteger(target) && target >= 0 && target < outputSize) return ndarray([1], Int32Array.of(target))
    return refuse('target', `target is the class ${target}: classes are 0 to ${outputSize - 1}.`)
  }
  if (config.outputSize !== 1) refuse('target', 'target can only be changed where the answer is one number.')
  const { mean, std } = config.normalization?.targets ?? {}
  const raw = mean && std ? (target - (mean[0] as number)) / (std[0] as number) : target
  if (config.loss === 'bce' && raw !== 0 && raw !== 1) refuse('target', `target is ${target}, expected 0 or 1.`)
  return ndarray([1, 1], Float32Array.of(raw))
}

function refuse(field: string, message: string): never {
  throw new LabError('spec-invalid', message, 'Change it to what fits this example.', { field })
}
