import type { Batch, Model, Trace } from '../../shared/model.ts'
import { ndarray } from '../../shared/ndarray.ts'
import type { Compute } from './layers/layer.ts'
import { runNetwork } from './network.ts'
import { examplesBetween, lengthsOf } from './sequence.ts'
import { saturations, spreads } from './squashed.ts'

/** A few examples tell how gates stand, and training waits for no more: so many, or as many numbers as these. */
const [fewExamples, fewNumbers] = [4, 2 ** 13]

/**
 * How the gates of a model stand on the first few examples of a batch, for every layer n:
 * `layers.n.histogram.WHAT` [20] and `layers.n.saturation.WHAT.SIDE` [], the mean over units.
 */
export function gateStatistics(compute: Compute, model: Model, whole: Batch): Trace {
  const [count, time] = whole.inputs.shape as [number, number]
  const few = Math.max(fewExamples, Math.floor(fewNumbers / (time * model.config.hiddenSize)))
  const batch = examplesBetween(whole, 0, Math.min(count, few))
  const lengths = lengthsOf(batch)
  const ran = runNetwork(compute, model, batch.inputs, lengths, { states: true })
  ran.release()
  const found: Record<string, Trace[string]> = {}
  for (const [n, { layer, pass }] of ran.layers.entries()) {
    for (const { name, by, shares } of spreads(layer, pass, lengths)) {
      found[`layers.${n}.histogram.${name}`] = ndarray([shares.length], shares)
      if (name === 'hidden' && layer.cell.id !== 'rnn') continue
      for (const [side, share] of Object.entries(saturatedOf(shares, by))) {
        found[`layers.${n}.saturation.${name}.${side}`] = ndarray([], Float32Array.of(share))
      }
    }
    if (layer.activation !== 'relu') continue
    const { dead } = saturations(layer, pass, lengths).hidden ?? {}
    const share = dead ? dead.reduce((sum, value) => sum + value, 0) / dead.length : 0
    found[`layers.${n}.saturation.hidden.dead`] = ndarray([], Float32Array.of(share))
  }
  return found
}

/** Below 0.1 and above 0.9 lie two parts of a gate's twenty each, beyond 0.9 in size the first and last of a tanh's. */
function saturatedOf(shares: Float32Array, by: 'sigmoid' | 'tanh'): Readonly<Record<string, number>> {
  const [first = 0, second = 0, ...rest] = shares
  const [last = 0, lastButOne = 0] = rest.reverse()
  return by === 'sigmoid' ? { left: first + second, right: last + lastButOne } : { beyond: first + last }
}
