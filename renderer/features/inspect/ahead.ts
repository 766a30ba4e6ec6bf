import { bandsOf } from './bands.ts'
import { sizesOf } from './paths.ts'
import type { RunSignals } from './run-signals.ts'
import { extremesOf, gateShares, largestIn, normsOf, type Signal, saturatedShare } from './signals.ts'
import { gradientSizes } from './units.ts'

/** Numbers from which an array takes a moment to go through. */
const largeFrom = 2 ** 18

const ofGradient = [extremesOf, largestIn, normsOf, gradientSizes]
/** What the Score asks of whole arrays. */
const asked: Readonly<Record<string, readonly ((signal: Signal) => unknown)[]>> = {
  cell: [extremesOf, largestIn],
  hidden: [extremesOf, largestIn, saturatedShare],
  'grad.cell': ofGradient,
  'grad.hidden': ofGradient,
  'grad.cell.direct': [sizesOf],
  'grad.cell.through_hidden': [sizesOf],
  'grad.cell.through_peepholes': [sizesOf],
}
const ofGate = [extremesOf, gateShares]
const ofDifference = [extremesOf, largestIn, normsOf]

/** A difference has no ways of its own, and one of gates is no gate. */
const findsIn = ({ isDifference }: RunSignals, name: string): readonly ((signal: Signal) => unknown)[] =>
  !isDifference ? (asked[name] ?? ofGate) : asked[name]?.includes(sizesOf) ? [] : ofDifference

const pause = () => new Promise((resolve) => setTimeout(resolve))

/** Goes through large arrays one at a time before they are shown together: the page stays usable meanwhile. */
export async function goThrough(runs: readonly RunSignals[]): Promise<void> {
  for (const run of runs) {
    const { gates, signal } = run
    if ((signal('hidden')?.data.length ?? 0) < largeFrom) continue
    for (const name of [...Object.keys(asked), ...gates.map((gate) => `gates.${gate}`)]) {
      for (const find of findsIn(run, name)) {
        const array = signal(name)
        if (!array) break
        find(array)
        await pause()
      }
    }
    if (!run.isDifference) bandsOf([run], false)
    await pause()
  }
}
