import * as v from 'valibot'
import type { Batch } from '../../../shared/model.ts'
import type { Floats } from '../../../shared/ndarray.ts'
import { Grammar, reberArcs } from './grammar.ts'
import { entropyOf, grammarLoss, nextSymbol, stringsOf } from './next-symbol.ts'
import type { Task } from './task.ts'
import { presentIds } from './tokens.ts'

/**
 * Reber grammar (Reber 1967; Cleeremans, Servan-Schreiber & McClelland 1989): reads a string symbol by
 * symbol and answers with the next. Where the grammar allows two, either is as likely; a network that has
 * learned it answers with an allowed one everywhere. What is allowed depends on the last two symbols, so
 * a short memory is enough.
 */
export const reber: Task<{ id: 'reber'; length: number }> = {
  id: 'reber',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('reber'),
    // The shortest strings, BTXSE and BPVVE, are answered in 4 steps; one in 10,000 needs more than 33.
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(4), v.maxValue(100)), 20),
  }),

  create({ length }, _source, seed) {
    const grammar = new Grammar(reberArcs, length + 1)
    return nextSymbol(
      {
        id: 'reber',
        length,
        grammar,
        metricId: 'legal-strings',
        metric: (output, batch) => legalStrings(grammar, output, batch),
        // One and the same symbol cannot be right both after B (T or P) and at the end (E).
        baselines: (strings, shares) => [
          { id: 'frequency', loss: entropyOf(shares), metric: 0 },
          { id: 'grammar', loss: grammarLoss(grammar, strings), metric: 1 },
        ],
      },
      seed,
    )
  },
}

/** Share of strings at whose every step the likeliest symbol is one that the grammar allows. */
function legalStrings(grammar: Grammar, output: Floats, batch: Batch): number {
  const time = batch.inputs.shape[1] as number
  const answers = presentIds.outputs(output).data
  const strings = stringsOf(batch)
  const legal = strings.filter((string, b) =>
    grammar
      .allowed(string)
      .slice(1)
      .every((allowed, t) => allowed.includes(answers[b * time + t] as number)),
  )
  return legal.length / strings.length
}
