import { stavesOf } from '../staves.ts'
import { type MakeWalk, reading, stageIds, valueAt } from './stage.ts'

/** A cell whose equations the page does not know: every signal, then its gradients. */
export const otherWalk: MakeWalk = (place, t) => {
  const value = valueAt(place)
  const read = reading(place)
  const now = (name: string) => read((u) => value(name, place.at, u))
  const stages = stavesOf(place.run, t).map((stave, k) => ({
    id: stageIds[Math.min(k, 3)] ?? ('output' as const),
    title: stave.text,
    note: '',
    results: [{ symbol: `\\mathrm{${stave.symbol.replace(/[^\w]/g, '') || 'n'}}_t`, value: now(stave.name) }],
    formulas: [],
  }))
  const arrives = (['cell', 'hidden'] as const).flatMap((state) =>
    place.run.signal(`grad.${state}`)
      ? [
          {
            id: 'total',
            formula: `\\partial L/\\partial ${state === 'cell' ? 'c' : 'h'}_t`,
            value: now(`grad.${state}`),
          },
        ]
      : [],
  )
  return { stages, arrives, leaves: [] }
}
