import type { Trace } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Layer } from '../layers/layer.ts'
import type { LayerQuantities, PerState } from '../measure.ts'
import { memoryHorizon, normsOverLastAxis } from '../quantities.ts'
import { spreads } from '../squashed.ts'
import { MeanByStep, WeighedMeans } from './means.ts'

const itself = (value: number) => value
const square = (value: number) => value * value

/** What a batch view says of one layer, gathered batch by batch. */
export class LayerMeans {
  readonly #layer: Layer
  readonly #time: number
  readonly #units: number
  readonly #byStep = new Map<string, MeanByStep>()
  readonly #shares = new WeighedMeans()
  readonly #lyapunov: number[] = []
  #longest = 0

  /** `time`: steps of the longest example to come. */
  constructor(layer: Layer, time: number) {
    this.#layer = layer
    this.#time = time
    this.#units = layer.units
  }

  add(found: LayerQuantities, lengths: readonly number[]): void {
    const { hidden, cell, gates, saturation, jacobians } = found
    this.#longest = Math.max(this.#longest, ...lengths)
    // The mean over this batch taken back: each gradient is of its example's own loss.
    const size = (value: number) => Math.abs(value) * lengths.length
    const mean = (name: string, values: Floats, of = itself) => this.#step(name, this.#units).add(values, lengths, of)
    mean('hidden', hidden)
    if (cell) mean('cell', cell)
    for (const [name, values] of Object.entries(gates)) mean(`gates.${name}`, values)
    for (const [name, gradient] of statesOf(found.gradients)) {
      mean(`grad.${name}`, gradient, size)
      this.#step(`norm.${name}`, 1).add(normsOverLastAxis(gradient), lengths, size)
    }
    for (const [path, term] of Object.entries(found.paths ?? {})) mean(`grad.cell.${path}`, term, size)
    for (const [name, gradient] of statesOf(found.fromLast)) {
      this.#step(`flow.${name}`, 1).add(normsOverLastAxis(gradient), lengths, (norm) => square(size(norm)))
      mean(`unit.flow.${name}`, gradient, (value) => square(size(value)))
    }
    const steps = lengths.reduce((sum, length) => sum + length, 0)
    for (const { name, shares } of spreads(this.#layer, found, lengths)) {
      this.#shares.add(`histogram.${name}`, shares, steps)
    }
    for (const [name, sides] of Object.entries(saturation)) {
      for (const [side, shares] of Object.entries(sides)) this.#shares.add(`saturation.${name}.${side}`, shares, steps)
    }
    if (!jacobians) return
    const time = jacobians.jacobian.length / lengths.length
    const norms = jacobians.jacobian.map(
      (_, k) => jacobians.jacobian[(k % lengths.length) * time + Math.floor(k / lengths.length)] as number,
    )
    // The first step has no step before it.
    this.#step('jacobian', 1).add(ndarray([time, lengths.length], norms), lengths, itself, 1)
    this.#lyapunov.push(...jacobians.lyapunov)
  }

  /** By the names of a batch view, without `layers.n.`. */
  arrays(horizonThreshold: number | undefined): Trace {
    const found: Record<string, Floats> = {}
    const horizon = (flow: ArrayLike<number>) => memoryHorizon(flow, horizonThreshold, this.#longest)
    const flat = ({ data }: Floats) => ndarray([data.length], data)
    for (const [name, means] of this.#byStep) {
      if (name.startsWith('unit.flow.')) {
        const { shape, data } = means.means(Math.sqrt)
        const units = shape[1] as number
        const ofUnit = (j: number) => data.filter((_, k) => k % units === j)
        const horizons = Float32Array.from({ length: units }, (_, j) => horizon(ofUnit(j)))
        found[name.replace('flow', 'horizon')] = ndarray([units], horizons)
      } else if (name.startsWith('flow.')) {
        found[name] = flat(means.means(Math.sqrt))
        found[name.replace('flow', 'horizon')] = ndarray([], Float32Array.of(horizon((found[name] as Floats).data)))
      } else found[name] = name.startsWith('norm.') || name === 'jacobian' ? flat(means.means()) : means.means()
    }
    for (const [name, shares] of this.#shares.means()) {
      // Dead is what was 0 throughout.
      const whole = name.endsWith('.dead') ? shares.map((share) => (share === 1 ? 1 : 0)) : shares
      found[name] = ndarray([whole.length], whole)
    }
    if (this.#lyapunov.length) found.lyapunov = ndarray([this.#lyapunov.length], Float32Array.from(this.#lyapunov))
    return found
  }

  #step(name: string, width: number): MeanByStep {
    const means = this.#byStep.get(name) ?? new MeanByStep(this.#time, width)
    this.#byStep.set(name, means)
    return means
  }
}

function statesOf<T>({ hidden, cell }: PerState<T>): [string, T][] {
  return cell === undefined
    ? [['hidden', hidden]]
    : [
        ['hidden', hidden],
        ['cell', cell],
      ]
}
