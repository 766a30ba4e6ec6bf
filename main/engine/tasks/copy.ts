import * as v from 'valibot'
import type { Batch } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Random } from '../random.ts'
import { generated, heldOutExamples } from './generated.ts'
import { forEachSplit, type Task } from './task.ts'
import { presentIds } from './tokens.ts'

const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

interface Copy {
  readonly id: 'copy'
  readonly delay: number
  readonly symbols: number
  readonly alphabet: number
}

/**
 * Copy memory (Hochreiter & Schmidhuber 1997; in the form of Arjovsky, Shah & Bengio 2016): S symbols,
 * then T - 1 blanks, a delimiter and S blanks; the answer is a blank at T + S steps and then the S
 * symbols in their order. Each of them has to be kept over T + S steps. Ids 0 .. A-1 are the symbols,
 * A is the blank, A + 1 the delimiter, which is never answered.
 */
export const copy: Task<Copy> = {
  id: 'copy',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('copy'),
    delay: v.optional(count(1, 5000), 30),
    symbols: v.optional(count(1, 100), 10),
    alphabet: v.optional(count(2, 26), 8),
  }),

  create({ delay, symbols, alphabet }, _source, seed) {
    const length = delay + 2 * symbols
    const letters = Array.from({ length: alphabet }, (_, k) => String.fromCharCode(65 + k))
    const classes = [...letters, '·']
    const vocabulary = [...classes, '|']
    // Knows when to answer, but has kept nothing: blanks are certain, each of the S symbols is one of A.
    const memoryless = { id: 'memoryless', loss: (symbols * Math.log(alphabet)) / length, metric: 1 / alphabet }
    return {
      facts: {
        length,
        inputs: { kind: 'tokens' },
        outputs: 'class-series',
        vocabulary,
        classes,
        metric: { id: 'recall', better: 'higher' },
        loss: 'cross-entropy',
        baselines: forEachSplit(() => [memoryless]),
        heldOut: heldOutExamples,
      },
      interface: {
        inputSize: vocabulary.length,
        outputSize: classes.length,
        head: 'every-step',
        loss: 'cross-entropy',
        embedding: { vocab: vocabulary.length, size: vocabulary.length },
        vocabulary,
      },
      ...generated('copy', seed, (random, size) => examples(random, size, delay, symbols, alphabet)),
      metric: (output, batch) => recall(output, batch, symbols),
      present: presentIds,
    }
  },
}

function examples(random: Random, size: number, delay: number, symbols: number, alphabet: number): Batch {
  const length = delay + 2 * symbols
  const inputs = new Int32Array(size * length).fill(alphabet)
  const targets = new Int32Array(size * length).fill(alphabet)
  for (let b = 0; b < size; b++) {
    for (let k = 0; k < symbols; k++) {
      const symbol = random.integer(alphabet)
      inputs[b * length + k] = symbol
      targets[b * length + symbols + delay + k] = symbol
    }
    inputs[b * length + symbols + delay - 1] = alphabet + 1
  }
  return { inputs: ndarray([size, length], inputs), targets: ndarray([size, length], targets) }
}

/** Share of the symbols at the end that are answered rightly; a blank in their place is wrong. */
function recall(output: Floats, { targets }: Batch, symbols: number): number {
  const [size, length, outputs] = output.shape as [number, number, number]
  const answers = presentIds.outputs(ndarray([size * length, outputs], output.data)).data
  let right = 0
  for (let b = 0; b < size; b++) {
    for (let at = (b + 1) * length - symbols; at < (b + 1) * length; at++) {
      if (answers[at] === targets.data[at]) right++
    }
  }
  return right / (size * symbols)
}
