import fc from 'fast-check'
import { getDotPath, object, parse, safeParse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { copy } from './copy.ts'
import { parity } from './parity.ts'
import { taskById } from './registry.ts'
import type { Task } from './task.ts'
import { temporalOrder } from './temporal-order.ts'

/** A task from fields as a person writes them. */
const create = <Spec>(task: Task<Spec>, fields: object = {}, seed = 1) =>
  task.create(parse(task.schema, { id: task.id, ...fields }), undefined, seed)

/** Row b of an array [B, T, ...] as plain numbers. */
function row({ shape, data }: { shape: readonly number[]; data: Float32Array | Int32Array }, b: number): number[] {
  const width = data.length / (shape[0] as number)
  return [...data.subarray(b * width, (b + 1) * width)]
}

const seeds = fc.integer({ min: 0, max: 0x7fff_ffff })

describe('copy', () => {
  test('the symbols come back in their order, delay + symbols steps later', () => {
    const dials = fc.record({
      delay: fc.integer({ min: 1, max: 60 }),
      symbols: fc.integer({ min: 1, max: 20 }),
      alphabet: fc.integer({ min: 2, max: 26 }),
    })
    fc.assert(
      fc.property(dials, seeds, (fields, seed) => {
        const { facts, trainBatch } = create(copy, fields, seed)
        const { inputs, targets } = trainBatch(3, 2)
        const read = row(inputs, 1).map((id) => facts.vocabulary?.[id] ?? '')
        const wanted = row(targets, 1).map((id) => facts.classes?.[id] ?? '')
        const shown = read.slice(0, fields.symbols)
        expect(shown.join('')).toMatch(/^[A-Z]+$/)
        expect(read.join('')).toBe(`${shown.join('')}${'·'.repeat(fields.delay - 1)}|${'·'.repeat(fields.symbols)}`)
        expect(wanted.join('')).toBe('·'.repeat(fields.delay + fields.symbols) + shown.join(''))
        expect(facts.length).toBe(wanted.length)
      }),
      { numRuns: 60 },
    )
  })

  test('guessing scores what was published, and what a guesser scores here', () => {
    for (const [delay, published] of [
      [100, 0.1733],
      [200, 0.0945],
      [300, 0.065],
      [500, 0.04],
      [1000, 0.0204],
    ] as const) {
      expect(create(copy, { delay }).facts.baselines.test[0]?.loss).toBeCloseTo(published, 4)
    }
    const { facts, trainBatch, metric } = create(copy, { delay: 5 })
    const batch = trainBatch(1, 4000)
    // A blank until the last ten steps, and A there.
    const logits = Float32Array.from({ length: batch.targets.data.length * 9 }, (_, k) => {
      const recalls = Math.floor(k / 9) % 25 >= 15
      return recalls ? (k % 9 === 0 ? 1 : 0) : k % 9 === 8 ? 1 : 0
    })
    expect(metric(ndarray([4000, 25, 9], logits), batch)).toBeCloseTo(facts.baselines.test[0]?.metric as number, 2)
    const blanks = new Float32Array(logits.length).map((_, k) => (k % 9 === 8 ? 1 : 0))
    expect(metric(ndarray([4000, 25, 9], blanks), batch)).toBe(0)
    const right = new Float32Array(logits.length)
    for (const [k, id] of batch.targets.data.entries()) right[9 * k + id] = 1
    expect(metric(ndarray([4000, 25, 9], right), batch)).toBe(1)
  })
})

describe('temporal-order', () => {
  const classes = { '6a': ['XX', 'XY', 'YX', 'YY'], '6b': ['XXX', 'XXY', 'XYX', 'XYY', 'YXX', 'YXY', 'YYX', 'YYY'] }
  const published = {
    '6a': [
      [0.1, 0.2],
      [0.5, 0.6],
    ],
    '6b': [
      [0.1, 0.2],
      [0.33, 0.43],
      [0.66, 0.76],
    ],
  }

  test.each(['6a', '6b'] as const)('%s: the class is the order of the X and Y, at their places', (variant) => {
    const dials = fc.oneof(fc.constant(100), fc.integer({ min: 10, max: 200 }), fc.constant(5000))
    fc.assert(
      fc.property(dials, seeds, (length, seed) => {
        const { facts, trainBatch } = create(temporalOrder, { variant, length }, seed)
        expect(facts.classes).toEqual(classes[variant])
        const { inputs, lengths, targets } = trainBatch(1, 4)
        for (let b = 0; b < 4; b++) {
          const steps = lengths?.data[b] as number
          expect(steps).toBeGreaterThanOrEqual(length)
          expect(steps).toBeLessThanOrEqual(Math.round(1.1 * length))
          const read = row(inputs, b)
            .slice(0, steps)
            .map((id) => facts.vocabulary?.[id])
            .join('')
          expect(read).toMatch(/^E[abcdXY]*B$/)
          expect(read.replace(/[^XY]/g, '')).toBe(facts.classes?.[targets.data[b] as number])
          const at = [...read.matchAll(/[XY]/g)].map(({ index }) => index)
          published[variant].forEach(([from, to], k) => {
            expect(at[k]).toBeGreaterThanOrEqual((from as number) * length - 0.5001)
            expect(at[k]).toBeLessThanOrEqual((to as number) * length + 0.5001)
          })
        }
      }),
      { numRuns: 60 },
    )
  })

  test('at the published length every place and length of the paper comes up', () => {
    const { heldOut, tags, trainBatch } = create(temporalOrder)
    const { inputs, lengths } = trainBatch(1, 1000)
    const first = Array.from({ length: 1000 }, (_, b) => row(inputs, b).findIndex((id) => id >= 6))
    const values = (from: number) => Array.from({ length: 11 }, (_, k) => from + k)
    expect([...new Set(first)].sort((a, b) => a - b)).toEqual(values(10))
    expect([...new Set(lengths?.data)].sort((a, b) => a - b)).toEqual(values(100))
    const test = heldOut('test', 50)
    const distance = tags?.('test', 50).distance
    for (let b = 0; b < 50; b++) {
      const at = row(test.inputs, b).findIndex((id) => id >= 6)
      expect(distance?.[b]).toBe((test.lengths?.data[b] as number) - 1 - at)
    }
  })

  test.each(['6a', '6b'] as const)('%s: a class answered always scores what its baseline says', (variant) => {
    const { facts, trainBatch, metric } = create(temporalOrder, { variant, length: 10 })
    const size = facts.classes?.length as number
    const logits = new Float32Array(8000 * size).map((_, k) => (k % size === 2 ? 1 : 0))
    const guess = facts.baselines.test[0]
    expect(metric(ndarray([8000, size], logits), trainBatch(1, 8000))).toBeCloseTo(guess?.metric as number, 1)
    expect(guess?.loss).toBeCloseTo(Math.log(size), 12)
  })
})

describe('parity', () => {
  const dials = fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    lengths: fc.constantFrom('fixed', 'ragged'),
    answer: fc.constantFrom('last', 'every-step'),
  })

  test('the answer says whether the ones so far are odd in number', () => {
    fc.assert(
      fc.property(dials, seeds, (fields, seed) => {
        const { facts, trainBatch, present } = create(parity, fields, seed)
        const { inputs, lengths, targets } = trainBatch(2, 3)
        expect(lengths === undefined).toBe(fields.lengths === 'fixed')
        const shown = present.targets(targets)
        for (let b = 0; b < 3; b++) {
          const steps = lengths?.data[b] ?? fields.length
          const bits = row(inputs, b).slice(0, steps)
          expect(bits.every((bit) => bit === 0 || bit === 1)).toBe(true)
          const odd = bits.map((_, t) => bits.slice(0, t + 1).filter((bit) => bit === 1).length % 2)
          const wanted = fields.answer === 'last' ? odd.slice(-1) : odd
          expect(row(targets, b).slice(0, wanted.length)).toEqual(wanted)
          const texts = row(shown, b).map((id) => facts.classes?.[id])
          expect(texts.slice(0, wanted.length)).toEqual(wanted.map((value) => (value ? 'odd' : 'even')))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('ragged lengths are uniform from 1 to the largest, and are the tag', () => {
    const { heldOut, tags, trainBatch } = create(parity, { length: 5 })
    const counts = [0, 0, 0, 0, 0, 0]
    for (const length of trainBatch(1, 10_000).lengths?.data ?? []) counts[length] = (counts[length] ?? 0) + 1
    for (const count of counts.slice(1)) expect(count / 10_000).toBeCloseTo(0.2, 1)
    expect(counts[0]).toBe(0)
    expect(tags?.('test', 99).length).toEqual(heldOut('test', 99).lengths?.data)
    expect(new Set(create(parity, { length: 5, lengths: 'fixed' }).tags?.('test', 99).length)).toEqual(new Set([5]))
  })

  test('the share of right answers gives every example the same weight, and no padded step any', () => {
    const { metric, trainBatch, facts } = create(parity, { length: 6, answer: 'every-step' })
    const batch = trainBatch(1, 200)
    const lengths = batch.lengths?.data as Int32Array
    const right = Float32Array.from(batch.targets.data, (odd) => (odd ? 3 : -3))
    const wrongInPadding = right.map((logit, k) => (k % 6 < (lengths[Math.floor(k / 6)] as number) ? logit : -logit))
    expect(metric(ndarray([200, 6, 1], wrongInPadding), batch)).toBe(1)
    const wrongAtFirst = right.map((logit, k) => (k % 6 === 0 ? -logit : logit))
    const expected = lengths.reduce((sum, length) => sum + (length - 1) / length, 0) / 200
    expect(metric(ndarray([200, 6, 1], wrongAtFirst), batch)).toBeCloseTo(expected, 10)
    const many = trainBatch(1, 5000)
    expect(metric(ndarray([5000, 6, 1], new Float32Array(30_000).fill(1)), many)).toBeCloseTo(
      facts.baselines.test[0]?.metric as number,
      1,
    )
  })
})

test.each([
  ['copy', { delay: 0 }, 'task.delay'],
  ['copy', { delay: 5001 }, 'task.delay'],
  ['copy', { symbols: 0 }, 'task.symbols'],
  ['copy', { alphabet: 1 }, 'task.alphabet'],
  ['temporal-order', { length: 9 }, 'task.length'],
  ['temporal-order', { variant: '6c' }, 'task.variant'],
  ['parity', { length: 0 }, 'task.length'],
  ['parity', { answer: 'first' }, 'task.answer'],
  ['reber', { length: 3 }, 'task.length'],
  ['embedded-reber', { length: 7 }, 'task.length'],
])('%s with %o is refused by the name of the field', (id, fields, field) => {
  const { schema } = taskById(id)
  const result = safeParse(object({ task: schema }), { task: { id, ...fields } })
  expect(result.issues?.map((issue) => getDotPath(issue))).toEqual([field])
})

test('the largest dials draw', () => {
  expect(create(copy, { delay: 5000, symbols: 100, alphabet: 26 }).trainBatch(1, 2).inputs.shape).toEqual([2, 5200])
  expect(create(parity, { length: 5000 }).trainBatch(1, 2).inputs.shape).toEqual([2, 5000, 1])
})
