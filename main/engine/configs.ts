import { LabError } from '../../shared/errors.ts'
import type { ModelConfig } from '../../shared/model.ts'
import { type CellSpec, hiddenSizeLimit } from '../../shared/spec.ts'
import { cellById } from './cells/catalogue.ts'
import { parameterCount } from './initialise.ts'
import type { Interface } from './tasks/task.ts'

/** Units of a cell whose spec says nothing about them. */
export const defaultHiddenSize = 32

/**
 * The model of every cell of a spec, with sizes in place of what they were described by. `length`: time
 * steps of the task, which per-step weights are for. Throws `spec-invalid` where a cell cannot have as
 * many parameters as the one it is matched with.
 */
export function modelConfigs(cells: readonly CellSpec[], task: Interface, length: number): ModelConfig[] {
  const sized = (cell: CellSpec, hiddenSize: number): ModelConfig => ({
    cell: cellById(cell.cell).id,
    ...(cell.cell === 'rnn' && { activation: cell.activation ?? 'tanh' }),
    hiddenSize,
    layers: cell.layers,
    ...(cell.weights === 'per-step' && { weights: cell.weights, length }),
    ...task,
  })
  return cells.map((cell, index) => {
    const other = cell.matchParametersOf === undefined ? undefined : cells[cell.matchParametersOf]
    // A size that is given came out of an earlier match: it stays.
    if (!other || cell.hiddenSize !== undefined) return sized(cell, cell.hiddenSize ?? defaultHiddenSize)
    const target = parameterCount(sized(other, other.hiddenSize ?? defaultHiddenSize))
    const hiddenSize = matchHiddenSize(sized(cell, 1), target)
    if (hiddenSize !== undefined) return sized(cell, hiddenSize)
    const field = `cells.${index}.matchParametersOf`
    const message = `${field}: "${cell.cell}" has fewer than ${target} parameters even with ${hiddenSizeLimit} units.`
    const details = { field, value: String(cell.matchParametersOf), limit: `${hiddenSizeLimit} units` }
    throw new LabError('spec-invalid', message, 'Give the other cell fewer units, or this one more layers.', details)
  })
}

/**
 * The hidden size with which a model has closest to `target` parameters, all of them counted: embedding
 * and head as well. The smaller of two that are equally close; undefined where `target` lies beyond the
 * largest size. `config`'s own hidden size is not read.
 */
export function matchHiddenSize(config: ModelConfig, target: number): number | undefined {
  const count = (hiddenSize: number) => parameterCount({ ...config, hiddenSize })
  // The count grows with the size: `low` is the least size that reaches the target.
  let [low, high] = [1, hiddenSizeLimit]
  if (count(high) < target) return undefined
  while (low < high) {
    const middle = (low + high) >> 1
    if (count(middle) >= target) high = middle
    else low = middle + 1
  }
  return low > 1 && target - count(low - 1) <= count(low) - target ? low - 1 : low
}
