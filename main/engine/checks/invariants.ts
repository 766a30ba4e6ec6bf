import type { CheckRow } from '../../../shared/contract.ts'
import type { Batch, Trace } from '../../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { Compute } from '../layers/layer.ts'
import { trace } from '../trace.ts'
import { compareTraces } from './compare.ts'
import { type Equations, type Example, exampleOf, variants } from './problems.ts'

/** An example with all the room a comparison needs: three sequences of five steps, two layers. */
function example(equations: Equations, seed: number): Example {
  const sizes = { inputSize: 3, hiddenSize: 5, layers: 2, outputSize: 2 }
  const { model, batch } = exampleOf({ ...equations, ...sizes, loss: 'mse', head: 'last' }, [5, 5, 5], seed)
  return { model, batch: { inputs: batch.inputs, targets: batch.targets } }
}

const forEachCell = (of: (equations: Equations) => number, limit: number): CheckRow[] =>
  variants.map(({ of: name, config }) => ({ of: name, figure: of(config), limit }))

const worst = (found: Trace, expected: Trace) =>
  Math.max(...compareTraces(found, expected).map(({ relative }) => relative))

/** Sequences with three padded steps of NaN against the same ones without; padded steps must hold 0. */
export function checkPadding(compute: Compute): CheckRow[] {
  return forEachCell((equations) => {
    const { model, batch } = example(equations, 5)
    const [count, time] = batch.inputs.shape as [number, number]
    const lengths = ndarray([count], new Int32Array(count).fill(time))
    const inputs = withSteps(batch.inputs as Floats, time + 3, Number.NaN)
    const found = trace(compute, model, { ...batch, inputs, lengths }, { jacobians: false })
    const alone = trace(compute, model, batch, { jacobians: false })
    return worst(found, Object.fromEntries(Object.entries(alone).map(padded(count, time, time + 3))))
  }, 1e-6)
}

/** An entry of a trace as it is with more steps: arrays [B, T, ...] end in zeros, flow [T] begins with NaN. */
function padded(count: number, from: number, to: number) {
  return ([name, array]: [string, Floats]): [string, Floats] => {
    if (name.includes('.flow.')) {
      const data = new Float32Array(to).fill(Number.NaN)
      data.set(array.data, to - from)
      return [name, ndarray([to], data)]
    }
    const timed = array.shape[0] === count && array.shape[1] === from
    return [name, timed ? withSteps(array, to, 0) : array]
  }
}

/** [B, T, ...] with more steps, all `value`. */
function withSteps({ shape, data }: Floats, time: number, value: number): Floats {
  const [count, kept, ...rest] = shape as [number, number, ...number[]]
  const width = sizeOf(rest)
  const longer = new Float32Array(count * time * width).fill(value)
  for (let b = 0; b < count; b++) {
    longer.set(data.subarray(b * kept * width, (b + 1) * kept * width), b * time * width)
  }
  return ndarray([count, time, ...rest], longer)
}

/** The batch turned round against the batch as it was. */
export function checkBatchOrder(compute: Compute): CheckRow[] {
  return forEachCell((equations) => {
    const { model, batch } = example(equations, 6)
    const turned: Batch = { inputs: turn(batch.inputs as Floats), targets: turn(batch.targets as Floats) }
    const found = trace(compute, model, turned, { jacobians: false })
    const perExample = ([name, { shape }]: [string, Floats]) =>
      ['output', 'sensitivity', 'grad.inputs'].includes(name) || (name.startsWith('layers.') && shape.length === 3)
    const back = Object.entries(found).map((entry) => [entry[0], perExample(entry) ? turn(entry[1]) : entry[1]])
    return worst(Object.fromEntries(back), trace(compute, model, batch, { jacobians: false }))
  }, 1e-5)
}

function turn({ shape, data }: Floats): Floats {
  const count = shape[0] as number
  const size = data.length / count
  const turned = new Float32Array(data.length)
  for (let b = 0; b < count; b++) turned.set(data.subarray(b * size, (b + 1) * size), (count - 1 - b) * size)
  return ndarray(shape, turned)
}
