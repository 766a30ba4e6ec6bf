import type { ModelConfig } from '../../../shared/model.ts'
import { cellById } from '../cells/catalogue.ts'
import { atOnce } from '../sequence.ts'
import { fusedCell } from './catalogue.ts'
import type { FusedCell } from './cell.ts'
import { packedSize, rowsAtOnce } from './plan.ts'
import { padded } from './weights.ts'

/**
 * Bytes that a training step of `batch` examples of `time` steps takes in the kernels' memory: the trace of every
 * layer, kept until the way back is through, and the gradients of one layer at a time; or what scoring takes, where
 * batches are smaller than what is answered at once. Undefined for what runs
 * elsewhere: cells without kernels, and weights of their own for each step.
 */
export function bytesNeeded(config: ModelConfig, time: number, batch: number): number | undefined {
  const fused = fusedCell(config.cell)
  if (!fused || config.weights === 'per-step') return undefined
  const training = partsOf(config, fused, time, batch)
  const scoring = partsOf(config, fused, time, atOnce(batch))
  const all = (parts: readonly Parts[]) => parts.reduce((sum, { forward }) => sum + forward, 0)
  return 4 * Math.max(all(training) + Math.max(...training.map(({ backward }) => backward)), all(scoring))
}

/** Floats that a layer takes on both ways. */
interface Parts {
  readonly forward: number
  readonly backward: number
}

function partsOf(config: ModelConfig, fused: FusedCell, time: number, batch: number): Parts[] {
  const units = padded(config.hiddenSize)
  const cell = cellById(config.cell)
  const blocks = cell.rows.length
  const rows = time * batch
  const state = (rows + batch) * units
  const norms = 2 * rows * (cell.hasCellState ? 2 : 1) // float64
  return Array.from({ length: config.layers }, (_, layer) => {
    const width = layer === 0 ? config.inputSize : config.hiddenSize
    const weights = blocks * units * (width + units + 2)
    const packed = packedSize(blocks * units, width) + packedSize(blocks * units, units)
    const gates = rows * blocks * units
    const apart = fused.parts.filter(({ reads, into }) => reads ?? into).length
    const room = packedSize(Math.max(width, units), rowsAtOnce)
    return {
      forward: rows * width + gates + (1 + fused.keeps.length) * state + weights + packed,
      backward:
        (layer === 0 && !config.embedding ? 0 : rows * width) +
        norms +
        gates +
        (1 + (cell.hasCellState ? 1 : 0) + apart) * state +
        weights +
        packed +
        room,
    }
  })
}
