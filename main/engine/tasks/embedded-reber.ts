import * as v from 'valibot'
import type { Batch } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'
import { embed, Grammar, reberArcs, symbols } from './grammar.ts'
import { entropyOf, grammarLoss, nextSymbol, perStep, stringsOf } from './next-symbol.ts'
import type { Task } from './task.ts'

const [T, P] = [symbols.indexOf('T'), symbols.indexOf('P')]

/**
 * Embedded Reber grammar (Cleeremans, Servan-Schreiber & McClelland 1989; Fahlman 1991; Hochreiter &
 * Schmidhuber 1997, experiment 1): B, T or P, a whole Reber string, the same T or P again, E; answered
 * with the next symbol at every step. The last symbol but one depends on the second and on nothing in
 * between.
 */
export const embeddedReber: Task<{ id: 'embedded-reber'; length: number }> = {
  id: 'embedded-reber',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('embedded-reber'),
    // The shortest strings, such as BTBTXSETE, are answered in 8 steps; one in 10,000 needs more than 36.
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(100)), 24),
  }),

  create({ length }, _source, seed) {
    const grammar = new Grammar(embed(reberArcs), length + 1)
    return nextSymbol(
      {
        id: 'embedded-reber',
        length,
        grammar,
        metricId: 'clue-repeated',
        metric: clueRepeated,
        baselines: (strings, shares) => {
          const best = grammarLoss(grammar, strings)
          const commoner = (shares[T] as number) >= (shares[P] as number) ? T : P
          const right = strings.filter((string) => string[1] === commoner).length / strings.length
          // Without the clue, the one answer that depends on it is T or P with even chance.
          const doubt = perStep(strings, (string) => string.map((_, at) => (at === string.length - 2 ? Math.LN2 : 0)))
          return [
            { id: 'frequency', loss: entropyOf(shares), metric: right },
            { id: 'memoryless', loss: best + doubt, metric: 0.5 },
            { id: 'grammar', loss: best, metric: 1 },
          ]
        },
        // From the step that reads the clue to the one that answers it.
        tags: (strings) => ({ distance: Int32Array.from(strings, (string) => string.length - 4) }),
      },
      seed,
    )
  },
}

/**
 * Share of strings where, of T and P, the one that stands second has the larger output at the step
 * before the last. Guessing scores one half, whatever is known of the other symbols.
 */
function clueRepeated(output: Floats, batch: Batch): number {
  const [, time, outputs] = output.shape as [number, number, number]
  const strings = stringsOf(batch)
  const right = strings.filter((string, b) => {
    const clue = string[1] as number
    const at = (b * time + string.length - 3) * outputs
    return (output.data[at + clue] as number) > (output.data[at + (clue === T ? P : T)] as number)
  })
  return right.length / strings.length
}
