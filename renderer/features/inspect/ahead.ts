import { sizesOf } from './paths.ts'
import type { RunSignals } from './run-signals.ts'
import { extremesOf, gateShares, largestIn, normsOf, type Signal, saturatedShare } from './signals.ts'
import { gradientSizes } from './units.ts'

/** Numbers from which an array takes a moment to go through. */
const largeFrom = 2 ** 18

/** What the Score asks of whole arrays, by the beginnings of their names. */
const asked: readonly (readonly [beginning: string, ...of: ((signal: Signal) => unknown)[]])[] = [
  ['cell', extremesOf, largestIn],
  ['hidden', extremesOf, largestIn, saturatedShare],
  ['gates.', extremesOf, gateShares],
  ['grad.cell.', sizesOf],
  ['grad.', extremesOf, largestIn, normsOf, gradientSizes],
]

/** Goes through large arrays one at a time before they are shown together: the page stays usable meanwhile. */
export async function goThrough(runs: readonly RunSignals[]): Promise<void> {
  for (const { gates, signal } of runs) {
    const ways = ['direct', 'through_hidden', 'through_peepholes'].map((way) => `grad.cell.${way}`)
    const names = ['cell', 'hidden', 'grad.cell', 'grad.hidden', ...ways, ...gates.map((gate) => `gates.${gate}`)]
    for (const name of names) {
      const array = signal(name)
      if (!array || array.data.length < largeFrom) continue
      for (const find of asked.find(([beginning]) => name.startsWith(beginning))?.slice(1) ?? []) {
        ;(find as (signal: Signal) => unknown)(array)
        await new Promise((resolve) => setTimeout(resolve))
      }
    }
  }
}
