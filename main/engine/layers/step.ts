import type { Matrix, NamedValue, Recurrent, State, Step } from '../cells/cell.ts'
import type { Layer, StateName } from './layer.ts'

/** A tap that also hears of h_t, which the layer names and no cell. */
export type LayerTap<M> = (name: StateName | NamedValue, value: M) => M

/**
 * The cell's step at a time step of a layer, with what a person fixed there. A tap is handed what was fixed,
 * not what it replaced. `row` makes a constant [1, H].
 */
export function stepOf<M extends Matrix<M>>(
  { cell, activation, change }: Pick<Layer, 'cell' | 'activation' | 'change'>,
  time: number,
  drive: M,
  state: State<M>,
  recurrent: Recurrent<M>,
  tap: LayerTap<M>,
  row: (values: Float64Array) => M,
): Step<M> {
  // A c that is kept arrives by the direct path, as it does through a forget gate.
  let before = state.c
  const named: LayerTap<M> = (name, value) => {
    const used = change ? change(time, name, value, name === 'hidden' ? state.h : before, row) : value
    const heard = tap(name, used)
    if (name === 'cell.direct') before = heard
    return heard
  }
  const { state: next, gates } = cell.step(drive, state, recurrent, named, activation)
  return { state: { ...next, h: named('hidden', next.h) }, gates }
}
