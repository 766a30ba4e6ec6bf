import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import type { Random } from '../random.ts'
import { adjectives, nouns, numberless, openings, prepositions } from './agreement-words.ts'
import { chance } from './baselines.ts'
import { checkDistances, type Distances, distanceFields, distancesIn, embeddingField } from './distances.ts'
import { shuffled } from './fillers.ts'
import { integerIn } from './generated.ts'
import { drawFor, pick, type Sentence, sentenceTask } from './sentences.ts'
import type { Task } from './task.ts'

const verbs = ['was', 'were'] as const
/** A preposition, an article and a noun. */
const phraseLength = 3
/** Opening (at most 2 words), article, adjective and subject. */
const longestStart = Math.max(...openings.map((opening) => opening.length)) + 3

interface AgreementSpec extends Distances {
  id: 'agreement'
  attractors: number
  embedding: number
}

/**
 * Number agreement (Linzen, Dupoux & Goldberg 2016): "by noon the small cat near the dogs waiting
 * patiently" goes on with "was", since the subject decides, however many words and nouns stand between.
 *
 * Between subject and verb stand as many noun phrases as fit, at most `attractors`, and words without
 * number. Of n such nouns, 0 to n (each count equally likely, in random places) have the number that
 * the subject has not: the attractors. Then any pattern of their numbers is as likely after a singular
 * as after a plural subject, so neither the last noun nor a majority of them tells the answer, and
 * guessing scores 1/2. Held-out examples come in minimal pairs: 2k and 2k + 1 differ in the subject's
 * number alone.
 */
export const agreement: Task<AgreementSpec> = {
  id: 'agreement',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('agreement'),
    ...distanceFields(0, { minDistance: 0, maxDistance: 25, testDistance: 50 }),
    attractors: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), 2),
    embedding: embeddingField(16),
  }),

  create(spec, _source, seed) {
    checkDistances(spec)
    const { minDistance, maxDistance, testDistance, attractors } = spec
    const distances = distancesIn(spec)
    const draw = (part: Split | 'train', random: Random, distance: number) =>
      drawFor(part, () => compose(random, distance, attractors), pairText)
    return sentenceTask({
      id: 'agreement',
      seed,
      words: ['the', ...openings.flat(), ...adjectives, ...prepositions, ...nouns.flat(), ...numberless.words],
      classes: verbs,
      length: longestStart + testDistance,
      embedding: spec.embedding,
      baselines: [chance(verbs.length)],
      train: (random) => draw('train', random, integerIn(random, [minDistance, maxDistance])),
      group: 2,
      cycle: distances,
      heldOut: (split, index, stream) => {
        const pair = Math.floor(index / 2)
        const distance = minDistance + (pair % distances[split])
        const first = draw(split, stream(pair), distance)
        return index % 2 === 0 ? first : sentenceOf(otherNumber(first.words), distance)
      },
      counterpart: (words, answer) => ({ words: otherNumber(words), answer: 1 - answer }),
    })
  },
}

const numberOf = new Map(nouns.flatMap((forms) => forms.map((word, number) => [word, number] as const)))
const otherForm = new Map<string, string>([
  ...nouns.flatMap(([singular, plural]) => [[singular, plural] as const, [plural, singular] as const]),
  ['was', 'were'],
  ['were', 'was'],
])

/**
 * The other half of a minimal pair: the same words with the subject, the first noun, in its other
 * number, and with it a "was" or "were" where the sentence already has one. Attractors stay as they
 * are. Words without a known noun come back unchanged.
 */
export function otherNumber(words: readonly string[]): string[] {
  const subject = words.findIndex((word) => numberOf.has(word))
  const verb = words.findIndex((word, t) => t > subject && (word === 'was' || word === 'were'))
  return words.map((word, t) =>
    subject >= 0 && (t === subject || t === verb) ? (otherForm.get(word) as string) : word,
  )
}

/** One text for both sentences of a minimal pair, so that no pair is split between training and test. */
function pairText({ words, answer }: Sentence): string {
  return (answer === 0 ? words : otherNumber(words)).join(' ')
}

function compose(random: Random, distance: number, attractors: number): Sentence {
  const number = random.integer(2)
  const subject = random.integer(nouns.length)
  const start = [...pick(random, openings), 'the', pick(random, adjectives), form(subject, number)]

  const phrases = Math.min(attractors, Math.floor(distance / phraseLength))
  const opposed = random.integer(phrases + 1)
  const numbers = shuffled(
    random,
    Array.from({ length: phrases }, (_, k) => (k < opposed ? 1 - number : number)),
  )
  let left = distance - phrases * phraseLength
  const nounPhrases = numbers.map((itsNumber) => {
    const described = left > 0 && random.integer(2) === 1
    if (described) left -= 1
    // Never the subject's own noun: which cat is meant would have to be told apart.
    const noun = (subject + 1 + random.integer(nouns.length - 1)) % nouns.length
    const adjective = described ? [pick(random, adjectives)] : []
    return [pick(random, prepositions), 'the', ...adjective, form(noun, itsNumber)]
  })
  const between = shuffled(random, [...nounPhrases, ...numberless.draw(random, left)]).flat()
  return sentenceOf([...start, ...between], distance)
}

const form = (noun: number, number: number): string => nouns[noun]?.[number] as string

/** Reads off a sentence what it is: the subject's number is the answer, nouns of the other number attract. */
function sentenceOf(words: readonly string[], distance: number): Sentence {
  const [answer, ...others] = words.flatMap((word) => numberOf.get(word) ?? []) as [number, ...number[]]
  const attractors = others.filter((number) => number !== answer).length
  return { words, answer, tags: { distance, attractors } }
}
