import type { CheckRow } from '../../../shared/contract.ts'
import type { Batch, ModelConfig, Trace } from '../../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import { cells } from '../cells/catalogue.ts'
import { initialise } from '../initialise.ts'
import type { Compute } from '../layers/layer.ts'
import { measure } from '../measure.ts'
import { randomStream } from '../random.ts'
import { trace } from '../trace.ts'
import { compareTraces } from './compare.ts'
import { drawExample, type Example } from './problems.ts'

/** An example with all the room a comparison needs: three sequences of five steps, two layers. */
function example(cell: string, seed: number): Example {
  const config = { inputSize: 3, hiddenSize: 5, layers: 2, outputSize: 2, loss: 'mse', head: 'last' } as const
  const { model } = drawExample(seed, { cell, ...config, weights: 'shared' })
  const { embedding: _ids, ...floats } = model.config
  const random = randomStream(seed, 'invariants')
  const numbers = (shape: number[]) =>
    ndarray(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
    )
  const parameters = initialise(floats, { init: 'pytorch', forgetBias: 1 }, seed)
  return { model: { config: floats, parameters }, batch: { inputs: numbers([3, 5, 3]), targets: numbers([3, 2]) } }
}

const forEachCell = (of: (cell: string) => number, limit: number): CheckRow[] =>
  cells.map(({ id }) => ({ of: id, figure: of(id), limit }))

const worst = (found: Trace, expected: Trace) =>
  Math.max(...compareTraces(found, expected).map(({ relative }) => relative))

/** dL/dc_t against the sum of its paths, relative to the step's largest value. */
export function checkPaths(compute: Compute): CheckRow[] {
  return cells
    .filter(({ hasCellState }) => hasCellState)
    .map(({ id }) => {
      const arrays = trace(compute, ...both(drawExample(11, { cell: id, hiddenSize: 8 })), { jacobians: false })
      const sums: Record<string, Floats> = {}
      const totals: Record<string, Floats> = {}
      for (const [name, total] of Object.entries(arrays)) {
        if (!name.endsWith('.grad.cell')) continue
        const terms = Object.entries(arrays).filter(([path]) => path.startsWith(`${name}.`))
        totals[name] = total
        sums[name] = ndarray(
          total.shape,
          total.data.map((_, k) => terms.reduce((sum, [, term]) => sum + (term.data[k] as number), 0)),
        )
      }
      return { of: id, figure: worst(sums, totals), limit: 1e-5 }
    })
}

const both = ({ model, batch }: Example) => [model, batch] as const

/** Sequences with three padded steps of NaN against the same ones without. */
export function checkPadding(compute: Compute): CheckRow[] {
  return forEachCell((cell) => {
    const { model, batch } = example(cell, 5)
    const [count, time, width] = batch.inputs.shape as [number, number, number]
    const padded = new Float32Array(count * (time + 3) * width).fill(Number.NaN)
    for (let b = 0; b < count; b++) {
      const own = batch.inputs.data.subarray(b * time * width, (b + 1) * time * width)
      padded.set(own, b * (time + 3) * width)
    }
    const lengths = ndarray([count], new Int32Array(count).fill(time))
    const inputs = ndarray([count, time + 3, width], padded)
    const found = trace(compute, model, { ...batch, inputs, lengths }, { jacobians: false })
    const alone = trace(compute, model, batch, { jacobians: false })
    return worst(cutSteps(found, count, time + 3, time), alone)
  }, 1e-6)
}

/** A trace without the steps after `kept`, of arrays [B, T, ...]; flow, [T], counts from its end. */
function cutSteps(arrays: Trace, count: number, time: number, kept: number): Trace {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const { shape, data } = array
      if (name.includes('.flow.')) return [name, ndarray([kept], data.slice(time - kept))]
      if (shape[0] !== count || shape[1] !== time) return [name, array]
      const width = sizeOf(shape.slice(2))
      const cut = Float32Array.from({ length: count * kept * width }, (_, k) => {
        const b = Math.floor(k / (kept * width))
        return data[b * time * width + (k % (kept * width))] as number
      })
      return [name, ndarray([count, kept, ...shape.slice(2)], cut)]
    }),
  )
}

/** The batch turned round against the batch as it was. */
export function checkBatchOrder(compute: Compute): CheckRow[] {
  return forEachCell((cell) => {
    const { model, batch } = example(cell, 6)
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

/**
 * An untrained plain RNN's gradient fades as its Jacobians say: from one step to the one before it may
 * grow by the Jacobian's largest singular value at most. The figure is by how much it exceeds that.
 */
export function checkDecay(compute: Compute): CheckRow[] {
  return (['tanh', 'sigmoid', 'relu', 'identity'] as const).map((activation) => {
    const config: ModelConfig = {
      cell: 'rnn',
      activation,
      inputSize: 2,
      hiddenSize: 12,
      layers: 1,
      outputSize: 1,
      head: 'last',
      loss: 'mse',
    }
    const random = randomStream(9, activation)
    const numbers = (shape: number[]) =>
      ndarray(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => random.normal()),
      )
    const parameters = initialise(config, { init: 'pytorch', forgetBias: 1 }, 9)
    const batch = { inputs: numbers([1, 40, 2]), targets: numbers([1, 1]) }
    const [layer] = measure(compute, { config, parameters }, batch).layers
    const flow = layer?.flow.hidden ?? new Float32Array()
    const jacobian = layer?.jacobians?.jacobian ?? new Float32Array()
    let excess = Number.NEGATIVE_INFINITY
    for (let t = 1; t < flow.length; t++) {
      excess = Math.max(excess, (flow[t - 1] as number) / ((jacobian[t] as number) * (flow[t] as number)) - 1)
    }
    return { of: `rnn-${activation}`, figure: Math.max(0, excess), limit: 1e-4 }
  })
}
