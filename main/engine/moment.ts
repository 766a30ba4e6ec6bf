import type { Batch, Model, Trace } from '../../shared/model.ts'
import { ndarray } from '../../shared/ndarray.ts'
import type { Compute } from './layers/layer.ts'
import { runNetwork } from './network.ts'
import { lengthsOf } from './sequence.ts'
import { histograms, saturations } from './squashed.ts'

/**
 * How the gates of a model stand on a batch, for every layer n: `layers.n.histogram.WHAT` [20] and
 * `layers.n.saturation.WHAT.SIDE` [], the mean over units.
 */
export function gateStatistics(compute: Compute, model: Model, batch: Batch): Trace {
  const lengths = lengthsOf(batch)
  const ran = runNetwork(compute, model, batch.inputs, lengths, { states: true })
  ran.release()
  const found: Record<string, Trace[string]> = {}
  for (const [n, { layer, pass }] of ran.layers.entries()) {
    for (const [name, shares] of Object.entries(histograms(layer, pass, lengths))) {
      found[`layers.${n}.histogram.${name}`] = ndarray([shares.length], shares)
    }
    for (const [name, sides] of Object.entries(saturations(layer, pass, lengths))) {
      for (const [side, shares] of Object.entries(sides)) {
        const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
        found[`layers.${n}.saturation.${name}.${side}`] = ndarray([], Float32Array.of(mean))
      }
    }
  }
  return found
}
