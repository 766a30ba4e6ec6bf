import * as v from 'valibot'
import type { Batch } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import type { Random } from '../random.ts'
import { chance } from './baselines.ts'
import { generated, heldOutExamples, integerIn } from './generated.ts'
import { forEachSplit, type Task } from './task.ts'
import { presentIds, shareRight } from './tokens.ts'

const vocabulary = ['E', 'B', 'a', 'b', 'c', 'd', 'X', 'Y']
const [start, end, distractors, relevant] = [0, 1, 2, 6]

/** Where the X or Y stand, at the published length of 100 .. 110 steps; time counted from 0, E at 0. */
const places = {
  '6a': [
    [10, 20],
    [50, 60],
  ],
  '6b': [
    [10, 20],
    [33, 43],
    [66, 76],
  ],
} as const

interface TemporalOrder {
  readonly id: 'temporal-order'
  readonly variant: '6a' | '6b'
  readonly length: number
}

/**
 * Temporal order (Hochreiter & Schmidhuber 1997, experiments 6a and 6b): E, then distractors a, b, c, d
 * with two (6a) or three (6b) X or Y far apart among them, B at the end; the answer after B is which of
 * them came in which order. `length` is the shortest sequence, the longest is a tenth longer. The paper
 * has 100; other lengths scale its places in proportion.
 */
export const temporalOrder: Task<TemporalOrder> = {
  id: 'temporal-order',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('temporal-order'),
    variant: v.optional(v.picklist(['6a', '6b']), '6a'),
    // From 10 on, the ranges of the places neither meet one another nor E or B.
    length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(5000)), 100),
  }),

  create({ variant, length }, _source, seed) {
    const scaled = (published: number) => Math.round((published * length) / 100)
    const layout = {
      lengths: [length, scaled(110)] as const,
      places: places[variant].map(([from, to]) => [scaled(from), scaled(to)] as const),
    }
    const classes = orders(layout.places.length)
    const { trainBatch, heldOut } = generated(`temporal-order ${variant}`, seed, (random, size) =>
      examples(random, size, layout),
    )
    return {
      facts: {
        length: layout.lengths[1],
        inputs: { kind: 'tokens' },
        outputs: 'class',
        vocabulary,
        classes,
        metric: { id: 'accuracy', better: 'higher' },
        loss: 'cross-entropy',
        baselines: forEachSplit(() => [chance(classes.length)]),
        heldOut: heldOutExamples,
      },
      interface: {
        inputSize: vocabulary.length,
        outputSize: classes.length,
        head: 'last',
        loss: 'cross-entropy',
        embedding: { vocab: vocabulary.length, size: vocabulary.length },
        vocabulary,
      },
      trainBatch,
      heldOut,
      metric: shareRight,
      tags: (split, limit) => ({ distance: distances(heldOut(split, limit)) }),
      trainTags: (size) => ({ distance: distances(trainBatch(1, size)) }),
      counterpart: (example) => otherOrder(example, layout.places.length),
      present: presentIds,
    }
  },
}

interface Layout {
  readonly lengths: readonly [from: number, to: number]
  readonly places: readonly (readonly [from: number, to: number])[]
}

/** XX, XY, YX, YY, or the eight of three: the first symbol is the highest digit of the class. */
const orders = (symbols: number): string[] =>
  Array.from({ length: 2 ** symbols }, (_, id) =>
    id.toString(2).padStart(symbols, '0').replaceAll('0', 'X').replaceAll('1', 'Y'),
  )

function examples(random: Random, size: number, { lengths, places }: Layout): Batch {
  const time = lengths[1]
  const inputs = new Int32Array(size * time)
  const real = new Int32Array(size)
  const targets = new Int32Array(size)
  for (let b = 0; b < size; b++) {
    const length = integerIn(random, lengths)
    real[b] = length
    const sequence = inputs.subarray(b * time, b * time + length)
    sequence[0] = start
    for (let t = 1; t < length - 1; t++) sequence[t] = distractors + random.integer(4)
    sequence[length - 1] = end
    let order = 0
    for (const place of places) {
      const isY = random.integer(2)
      sequence[integerIn(random, place)] = relevant + isY
      order = 2 * order + isY
    }
    targets[b] = order
  }
  return { inputs: ndarray([size, time], inputs), lengths: ndarray([size], real), targets: ndarray([size], targets) }
}

/** With the other of X and Y in the first place, which is the highest digit of the class. */
function otherOrder({ inputs, targets, ...rest }: Batch, symbols: number): Batch {
  const first = inputs.data.findIndex((id) => id >= relevant)
  const ids = Int32Array.from(inputs.data, (id, t) => (t === first ? 2 * relevant + 1 - id : id))
  const order = Int32Array.from(targets.data, (id) => id ^ (1 << (symbols - 1)))
  return { ...rest, inputs: ndarray(inputs.shape, ids), targets: ndarray(targets.shape, order) }
}

/** Steps from the first X or Y to the step that is answered, [N]. */
function distances({ inputs, lengths }: Batch): Int32Array {
  const time = inputs.shape[1] as number
  return Int32Array.from(lengths?.data ?? [], (length, b) => {
    const first = inputs.data.subarray(b * time, (b + 1) * time).findIndex((id) => id >= relevant)
    return length - 1 - first
  })
}
