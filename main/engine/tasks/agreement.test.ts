import fc from 'fast-check'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { agreement, otherNumber } from './agreement.ts'
import { type ReadSentence, readSentences } from './read-sentences.ts'

const create = (fields: object = {}, seed = 1) =>
  agreement.create(parse(agreement.schema, { id: 'agreement', ...fields }), undefined, seed)

// The rule once more, on lists of its own.
const singular = new Set(
  (
    'cat dog bird horse fox wolf mouse goose cow duck rabbit puppy child baby woman man girl boy teacher farmer ' +
    'sailor doctor king thief'
  ).split(' '),
)
const plural = new Set(
  (
    'cats dogs birds horses foxes wolves mice geese cows ducks rabbits puppies children babies women men girls boys ' +
    'teachers farmers sailors doctors kings thieves'
  ).split(' '),
)
const isNoun = (word: string) => singular.has(word) || plural.has(word)

function understood({ words }: ReadSentence) {
  const subject = words.findIndex(isNoun)
  const agrees = singular.has(words[subject] as string) ? singular : plural
  const nouns = words.slice(subject + 1).filter(isNoun)
  return {
    answer: agrees === singular ? 'was' : 'were',
    distance: words.length - 1 - subject,
    nouns,
    attractors: nouns.filter((noun) => !agrees.has(noun)).length,
  }
}

const dials = fc
  .record({
    range: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 3 }),
    attractors: fc.integer({ min: 0, max: 6 }),
    seed: fc.integer({ min: 0, max: 0x7fff_ffff }),
  })
  .map(({ range, ...rest }) => {
    const [minDistance, maxDistance, testDistance] = range.sort((a, b) => a - b) as [number, number, number]
    return { minDistance, maxDistance, testDistance, ...rest }
  })

test('the subject decides, at the distance and with the attractors that the dials allow', () => {
  fc.assert(
    fc.property(dials, ({ seed, ...fields }) => {
      const task = create(fields, seed)
      for (const sentence of readSentences(task, task.trainBatch(1, 8))) {
        const { answer, distance, nouns } = understood(sentence)
        expect(sentence.answer).toBe(answer)
        expect(distance).toBeGreaterThanOrEqual(fields.minDistance)
        expect(distance).toBeLessThanOrEqual(fields.maxDistance)
        expect(nouns).toHaveLength(Math.min(fields.attractors, Math.floor(distance / 3)))
      }
    }),
    { numRuns: 60 },
  )
})

test('tags say what the held-out sentences are, and the test reaches beyond training', () => {
  const task = create({ minDistance: 2, maxDistance: 9, testDistance: 17, attractors: 3 })
  for (const [split, longest] of [
    ['validation', 9],
    ['test', 17],
  ] as const) {
    const tags = task.tags?.(split, 200)
    const sentences = readSentences(task, task.heldOut(split, 200)).map(understood)
    expect([...(tags?.distance ?? [])]).toEqual(sentences.map(({ distance }) => distance))
    expect([...(tags?.attractors ?? [])]).toEqual(sentences.map(({ attractors }) => attractors))
    const asked = new Set(sentences.map(({ distance }) => distance))
    expect([...asked].sort((a, b) => a - b)).toEqual(Array.from({ length: longest - 1 }, (_, k) => k + 2))
  }
  expect(new Set(task.tags?.('test', 1000).attractors)).toEqual(new Set([0, 1, 2, 3]))
})

test('no noun between subject and verb tells the answer, alone or by majority', () => {
  for (const attractors of [1, 2, 5]) {
    const task = create({ minDistance: 15, maxDistance: 18, attractors })
    const sentences = readSentences(task, task.trainBatch(1, 8000)).map(understood)
    const right = (guess: (nouns: readonly string[]) => boolean) =>
      sentences.filter(({ nouns, answer }) => (guess(nouns) ? 'were' : 'was') === answer).length / sentences.length
    const rules = [
      (nouns: readonly string[]) => plural.has(nouns.at(-1) as string),
      (nouns: readonly string[]) => plural.has(nouns[0] as string),
      (nouns: readonly string[]) => nouns.filter((noun) => plural.has(noun)).length > nouns.length / 2,
      (nouns: readonly string[]) => nouns.every((noun) => plural.has(noun)),
    ]
    // Four standard errors of a share of 8000 fair coins.
    for (const rule of rules) expect(Math.abs(right(rule) - 0.5)).toBeLessThan(0.0224)
  }
})

test('held-out sentences come in minimal pairs, so that a fixed answer is right half the time', () => {
  const task = create()
  const sentences = readSentences(task, task.heldOut('test', 1000))
  for (let k = 0; k < sentences.length; k += 2) {
    const [one, other] = [sentences[k], sentences[k + 1]] as [ReadSentence, ReadSentence]
    expect(new Set([one.answer, other.answer])).toEqual(new Set(['was', 'were']))
    expect(one.words.filter((word, t) => word !== other.words[t])).toHaveLength(1)
    expect(otherNumber(one.words)).toEqual(other.words)
  }
  const alwaysWas = ndarray([1000, 2], new Float32Array(2000))
  expect(task.metric(alwaysWas, task.heldOut('test', 1000))).toBe(task.facts.baselines.test[0]?.metric)
})

test('no sentence is trained on whose minimal pair is held out, whatever the seed', () => {
  const fields = { minDistance: 0, maxDistance: 1, testDistance: 1 }
  const heldOut = create(fields, 1)
  const known = new Set(readSentences(heldOut, heldOut.heldOut('test', 1000)).map(({ words }) => words.join(' ')))
  const validated = readSentences(heldOut, heldOut.heldOut('validation', 256)).map(({ words }) => words.join(' '))
  const trained = create(fields, 2)
  const seen = readSentences(trained, trained.trainBatch(1, 8000)).map(({ words }) => words.join(' '))
  expect(known.size).toBeGreaterThan(300)
  expect(seen.filter((sentence) => known.has(sentence))).toEqual([])
  expect(validated.filter((sentence) => known.has(sentence))).toEqual([])
})

describe('the other half of a minimal pair', () => {
  test('changes the subject and its verb, and leaves attractors and padding alone', () => {
    const words = 'yesterday the small cat near the dogs was <pad>'.split(' ')
    expect(otherNumber(words).join(' ')).toBe('yesterday the small cats near the dogs were <pad>')
    expect(otherNumber(otherNumber(words))).toEqual(words)
  })

  test('leaves words without a known noun as they are', () => {
    expect(otherNumber(['it', 'was', 'quiet'])).toEqual(['it', 'was', 'quiet'])
  })
})

test('distances out of order are refused by name; the longest there is is drawn', () => {
  expect(() => create({ minDistance: 9, maxDistance: 5 })).toThrow(/task.maxDistance is 5, less than task.minDistance/)
  expect(() => create({ maxDistance: 20, testDistance: 19 })).toThrow(/task.testDistance is 19/)
  const longest = create({ minDistance: 1000, maxDistance: 1000, testDistance: 1000, attractors: 20 })
  const [sentence] = readSentences(longest, longest.trainBatch(1, 1)) as [ReadSentence]
  expect(understood(sentence)).toMatchObject({ answer: sentence.answer, distance: 1000 })
})
