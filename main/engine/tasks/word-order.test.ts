import fc from 'fast-check'
import { parse } from 'valibot'
import { expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { type ReadSentence, readSentences } from './read-sentences.ts'
import { wordOrder } from './word-order.ts'

const create = (fields: object = {}, seed = 1) =>
  wordOrder.create(parse(wordOrder.schema, { id: 'word-order', ...fields }), undefined, seed)

/** The rule once more: the day stands after "on", and the clause around it is the fact. */
function understood({ words }: ReadSentence) {
  const on = words.indexOf('on')
  return { answer: words[on + 1], position: Math.floor(on / 4), order: words[on + 2] === 'it' ? 1 : 0 }
}

const dials = fc
  .record({ clauses: fc.integer({ min: 3, max: 12 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ clauses, share }) => ({ clauses, unseen: 1 + Math.floor(share * (clauses - 2)) }))

test('the day of the fact is the answer; training leaves out as many places as asked, the test none', () => {
  fc.assert(
    fc.property(dials, fc.integer({ min: 0, max: 0x7fff_ffff }), (fields, seed) => {
      const task = create(fields, seed)
      const trained = new Set<number>()
      for (const sentence of readSentences(task, task.trainBatch(1, 400))) {
        const { answer, position } = understood(sentence)
        expect(sentence.answer).toBe(answer)
        expect(sentence.words).toHaveLength(fields.clauses * 4)
        trained.add(position)
      }
      expect(trained.size).toBe(fields.clauses - fields.unseen)
      const tags = task.tags?.('test', 60) as Record<string, Int32Array>
      for (const [k, sentence] of readSentences(task, task.heldOut('test', 60)).entries()) {
        const { answer, position, order } = understood(sentence)
        expect([sentence.answer, tags.position?.[k], tags.order?.[k]]).toEqual([answer, position, order])
        expect(tags.seen?.[k]).toBe(trained.has(position) ? 1 : 0)
      }
      expect(new Set(tags.position).size).toBe(fields.clauses)
      expect(new Set(task.tags?.('validation', 60).seen)).toEqual(new Set([1]))
    }),
    { numRuns: 30 },
  )
})

test('every unseen place is one of its own, also where only one is left', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (clauses, share) => {
      const unseen = 1 + Math.floor(share * (clauses - 2))
      const tags = create({ clauses, unseen }).tags?.('test', 2 * clauses)
      const left = new Set(tags?.position?.filter((_, k) => tags.seen?.[k] === 0))
      expect(left.size).toBe(unseen)
      expect(left.has(0)).toBe(false)
    }),
    { numRuns: 15 },
  )
})

test('held-out examples come in pairs: the same words in two orders, with one answer', () => {
  const task = create()
  const sentences = readSentences(task, task.heldOut('test', 200))
  for (let k = 0; k < 200; k += 2) {
    const [one, other] = [sentences[k], sentences[k + 1]] as [ReadSentence, ReadSentence]
    expect(one.answer).toBe(other.answer)
    expect(one.words).not.toEqual(other.words)
    expect([...one.words].sort()).toEqual([...other.words].sort())
  }
})

test('no held-out sentence is trained on in either order, whatever the seed', () => {
  const fields = { clauses: 3, unseen: 1 }
  const one = create(fields, 1)
  const other = create(fields, 2)
  const text = ({ words }: ReadSentence) => words.join(' ')
  const known = new Set(
    (['validation', 'test'] as const).flatMap((split) => readSentences(one, one.heldOut(split, 1000)).map(text)),
  )
  expect(readSentences(other, other.trainBatch(1, 8000)).filter((sentence) => known.has(text(sentence)))).toEqual([])
})

test('every length is the same, and guessing scores one in seven', () => {
  const task = create()
  const batch = task.trainBatch(1, 7000)
  expect(batch.lengths).toBeUndefined()
  const alwaysMonday = ndarray([7000, 7], new Float32Array(49_000))
  expect(task.metric(alwaysMonday, batch)).toBeCloseTo(task.facts.baselines.test[0]?.metric as number, 1)
  expect(task.facts.baselines.test[0]?.loss).toBeCloseTo(Math.log(7), 12)
})

test('a place to train on has to be left', () => {
  expect(() => create({ clauses: 4, unseen: 4 })).toThrow(/task.unseen is 4: of 4 clauses at most 3/)
})
