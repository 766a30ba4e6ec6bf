import type { Floats } from '../../shared/ndarray.ts'
import type { Layer, LayerPass } from './layers/layer.ts'
import { type Saturation, type Squash, saturation } from './quantities.ts'

/** Bins of a histogram, equal parts of where its values can lie. */
export const histogramBins = 20

type States = Pick<LayerPass, 'hidden' | 'cell' | 'gates'>

/** Values [T, B, H] of a layer that a function keeps within bounds, by their trace name and that function. */
function* squashed({ cell, activation = 'tanh' }: Layer, states: States): Generator<[string, Floats, Squash]> {
  for (const [name, values] of Object.entries(states.gates)) {
    yield [`gates.${name}`, values, name === 'candidate' ? 'tanh' : 'sigmoid']
  }
  if (cell.id === 'rnn' && activation !== 'identity') yield ['hidden', states.hidden, activation]
  if (states.cell) yield ['cell', { shape: states.cell.shape, data: states.cell.data.map(Math.tanh) }, 'tanh']
}

/** Shares of saturated steps per unit, by what was squashed: `gates.NAME`, `hidden`, `cell` (its tanh). */
export function saturations(layer: Layer, states: States, lengths: readonly number[]): Record<string, Saturation> {
  return Object.fromEntries(
    [...squashed(layer, states)].map(([name, ...of]) => [name, saturation(of[0], lengths, of[1])]),
  )
}

/** How values of a layer are spread, and by what they were squashed. */
export interface Spread {
  readonly name: string
  readonly by: 'sigmoid' | 'tanh'
  /** Shares of all real (step, example, unit) in equal parts of 0..1 (sigmoid) or -1..1 (tanh), [20]. */
  readonly shares: Float32Array
}

/** Named as in `saturations`, and `hidden` of every cell that keeps it within -1..1. A ReLU has no bounds and none. */
export function spreads(layer: Layer, states: States, lengths: readonly number[]): Spread[] {
  const found = [...squashed(layer, states)]
  if (layer.cell.id !== 'rnn') found.push(['hidden', states.hidden, 'tanh'])
  return found.flatMap(([name, values, by]) =>
    by === 'relu' ? [] : [{ name, by, shares: histogram(values, lengths, by) }],
  )
}

function histogram({ shape, data }: Floats, lengths: readonly number[], by: 'sigmoid' | 'tanh'): Float32Array {
  const [, batch, units] = shape as [number, number, number]
  const lowest = by === 'sigmoid' ? 0 : -1
  const scale = histogramBins / (1 - lowest)
  const counts = new Float64Array(histogramBins)
  let all = 0
  for (const [b, length] of lengths.entries()) {
    all += length * units
    for (let t = 0; t < length; t++) {
      const start = (t * batch + b) * units
      for (let k = start; k < start + units; k++) {
        const bin = Math.floor(((data[k] as number) - lowest) * scale)
        const at = bin < histogramBins ? bin : histogramBins - 1
        counts[at] = (counts[at] as number) + 1
      }
    }
  }
  return Float32Array.from(counts, (count) => count / all)
}
