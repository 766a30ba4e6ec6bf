import type { CheckRow } from '../../../shared/contract.ts'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { CellPath } from '../cells/cell.ts'
import type { Compute } from '../layers/layer.ts'
import { type Layer, parametersAt } from '../layers/layer.ts'
import { type LayerQuantities, measure } from '../measure.ts'
import { layersOf } from '../network.ts'
import { compareTraces } from './compare.ts'
import { fixedExamples, variants } from './problems.ts'

/** One unit of one example: its own values and gradients at step t, and those of step t + 1. */
interface At {
  /** A gate, c, dL/dh or dL/dc at step t, or `ahead` steps later. */
  read(name: string, ahead?: 0 | 1): number
  /** A peephole of this unit, as step t or t + 1 has it. */
  weight(name: string, ahead?: 0 | 1): number
}

const slope = (gate: number) => gate * (1 - gate)

/** The terms of dL/dc_t by their definitions; those by way of step t + 1 end with the example. */
const terms: Readonly<Record<CellPath, { readonly later: boolean; of(at: At): number }>> = {
  direct: { later: true, of: ({ read }) => read('gates.forget', 1) * read('grad.cell', 1) },
  through_hidden: {
    later: false,
    of: ({ read, weight }) => {
      const [o, shown] = [read('gates.output'), Math.tanh(read('cell'))]
      return read('grad.hidden') * (o * (1 - shown * shown) + shown * slope(o) * weight('weight_co'))
    },
  },
  through_peepholes: {
    later: true,
    of: ({ read, weight }) => {
      const [i, f, g] = ['input', 'forget', 'candidate'].map((gate) => read(`gates.${gate}`, 1))
      const throughInput = (g as number) * slope(i as number) * weight('weight_ci', 1)
      return read('grad.cell', 1) * (throughInput + read('cell') * slope(f as number) * weight('weight_cf', 1))
    },
  },
}

/**
 * What the engine gives for each path of dL/dc_t against the path's own formula, from the engine's gates,
 * states and total gradients, and the sum of the paths against the total: relative to the step's largest value.
 */
export function checkPaths(compute: Compute): CheckRow[] {
  return variants.flatMap(({ of, config }) => {
    const figures = new Map<string, number>()
    for (const { model, batch } of fixedExamples(config)) {
      const found = measure(compute, model, batch, { jacobians: false })
      for (const [index, layer] of layersOf(model).entries()) {
        const quantities = found.layers[index] as LayerQuantities
        for (const path of layer.cell.paths) {
          const expected = byFormula(path, layer, quantities, found.lengths)
          keepLargest(figures, `${of} ${path}`, difference(quantities.paths?.[path], expected))
        }
        if (quantities.gradients.cell) {
          keepLargest(figures, `${of} sum`, difference(sumOf(quantities.paths), quantities.gradients.cell))
        }
      }
    }
    return [...figures].map(([row, figure]) => ({ of: row, figure, limit: 1e-5 }))
  })
}

function byFormula(path: CellPath, layer: Layer, quantities: LayerQuantities, lengths: readonly number[]): Floats {
  const { later, of } = terms[path]
  const arrays: Record<string, Floats | undefined> = {
    cell: quantities.cell,
    'grad.hidden': quantities.gradients.hidden,
    'grad.cell': quantities.gradients.cell,
  }
  for (const [gate, values] of Object.entries(quantities.gates)) arrays[`gates.${gate}`] = values
  const [time, batch, units] = quantities.hidden.shape as [number, number, number]
  const data = Float32Array.from({ length: time * batch * units }, (_, k) => {
    const t = Math.floor(k / (batch * units))
    const b = Math.floor(k / units) % batch
    if (t + (later ? 1 : 0) >= (lengths[b] as number)) return 0
    return of({
      read(name, ahead = 0) {
        const array = arrays[name]
        if (!array) throw new RangeError(`the path ${path} of the cell ${layer.cell.id} is defined by ${name}`)
        return array.data[k + ahead * batch * units] as number
      },
      weight: (name, ahead = 0) => parametersAt(layer, t + ahead)[name]?.data[k % units] ?? 0,
    })
  })
  return ndarray([time, batch, units], data)
}

function sumOf(paths: LayerQuantities['paths']): Floats | undefined {
  const [first, ...rest] = Object.values(paths ?? {})
  return (
    first &&
    ndarray(
      first.shape,
      first.data.map((value, k) => rest.reduce((sum, { data }) => sum + (data[k] as number), value)),
    )
  )
}

/** Relative to the step's largest value; arrays [T, B, H], compared as one example of T steps. */
function difference(found: Floats | undefined, expected: Floats): number {
  const flat = ({ shape, data }: Floats) => ndarray([1, shape[0] as number, sizeOf(shape.slice(1))], data)
  const rows = compareTraces(found ? { 'layers.0': flat(found) } : {}, { 'layers.0': flat(expected) })
  return Math.max(...rows.map(({ relative }) => relative))
}

function keepLargest(figures: Map<string, number>, name: string, figure: number): void {
  figures.set(name, Math.max(figures.get(name) ?? 0, figure))
}
