import type { Messages } from '../../i18n/en.ts'
import { fixed } from '../../viz/numbers.ts'
import type { RunSignals } from './run-signals.ts'
import { gateShares, perUnit, type Signal, saturatedShare } from './signals.ts'

const percent = (share: number) => `${fixed(share * 100, 0)} %`

/** How much of a plain run's state lies where its activation is flat, in words, and by which definition. */
export function stuck({ activation }: Pick<RunSignals, 'activation'>, state: Signal, t: Messages) {
  if (activation === 'relu') {
    const sizes = perUnit(state, Math.abs)
    const dead = sizes.filter((size) => size === 0).length
    return { note: t.inspect.dead(dead, sizes.length), noteTitle: t.inspect.deadNote }
  }
  if (activation === 'sigmoid') {
    const [closed, , open] = gateShares(state)
    return { note: t.inspect.flat(percent(closed + open)), noteTitle: t.inspect.flatNote }
  }
  if (activation === 'identity') return { note: '' }
  return { note: t.inspect.saturated(percent(saturatedShare(state))), noteTitle: t.inspect.saturatedNote }
}
