import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import type { Random } from '../random.ts'
import { chance } from './baselines.ts'
import { embeddingField } from './distances.ts'
import { drawFor, pick, type Sentence, sentenceTask, split } from './sentences.ts'
import { forEachSplit, type Task } from './task.ts'

const days = split('monday tuesday wednesday thursday friday saturday sunday')

/** The same four words in two orders, which mean the same. */
const fact = (day: string, order: number): readonly string[] =>
  order === 0 ? ['it', 'snowed', 'on', day] : ['on', day, 'it', 'snowed']
const orders = 2

/** Clauses as long as the fact, so that it can stand in the place of any. */
const neutral = [
  'we stayed at home',
  'the shop was closed',
  'she read a book',
  'they played some cards',
  'he made hot soup',
  'the lights went out',
  'a neighbour came by',
  'the dog wanted out',
  'I wrote two letters',
  'you called at noon',
  'the train ran late',
  'we baked fresh bread',
  'the children built castles',
  'her brother fixed chairs',
  'they sang old songs',
  'the stove kept warm',
  'nobody drove to town',
  'he looked for gloves',
  'she found her scarf',
  'we watched the birds',
  'I slept until ten',
  'the clock had stopped',
  'you lost your key',
  'our guests left early',
].map(split)

const clauseLength = 4

interface WordOrderSpec {
  id: 'word-order'
  clauses: number
  unseen: number
  embedding: number
}

/**
 * Which day did it snow? The fact stands as "it snowed on monday" or "on monday it snowed" in one of
 * `clauses` places, among clauses that do not matter. In `unseen` of the places it never stands while
 * training goes on; the test asks for every place. Weights that are shared over time read it there as
 * well; weights of each step's own have never met a day at those steps and can only guess
 * (Goodfellow, Bengio & Courville 2016, chapter 10). Every example has the same length, which weights of
 * each step's own need. Held-out examples come in pairs: 2k and 2k + 1 are the same words in both orders.
 *
 * Tags: `position` of the fact among the clauses, from 0; `seen`, 1 where it stood there in training;
 * `order`, 1 where the day comes first.
 */
export const wordOrder: Task<WordOrderSpec> = {
  id: 'word-order',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('word-order'),
    clauses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(3), v.maxValue(250)), 4),
    unseen: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(249)), 1),
    embedding: embeddingField(16),
  }),

  create({ clauses, unseen, embedding }, _source, seed) {
    const hidden = unseenPositions(clauses, unseen)
    const positions = Array.from({ length: clauses }, (_, k) => k)
    const seen = positions.filter((position) => !hidden.has(position))
    const asked = { validation: seen, test: positions }
    const draw = (part: 'train' | 'validation' | 'test', random: Random, position: number, order: number): Sentence => {
      const answer = random.integer(days.length)
      const day = days[answer] as string
      // One text for both orders, so that no pair is split between training and test.
      const drawn = drawFor(
        part,
        () => positions.map(() => pick(random, neutral)).with(position, fact(day, 0)),
        (sentence) => sentence.flat().join(' '),
      )
      const tags = { position, seen: hidden.has(position) ? 0 : 1, order }
      return { words: drawn.with(position, fact(day, order)).flat(), answer, tags }
    }
    return sentenceTask({
      id: 'word-order',
      seed,
      words: [...days.flatMap((day) => fact(day, 0)), ...neutral.flat()],
      classes: days,
      length: clauses * clauseLength,
      fixedLength: true,
      embedding,
      baselines: [chance(days.length)],
      train: (random) => draw('train', random, pick(random, seen), random.integer(orders)),
      group: orders,
      cycle: forEachSplit((split) => asked[split].length),
      heldOut: (split, index, stream) => {
        const pair = Math.floor(index / 2)
        return draw(split, stream(pair), asked[split][pair % asked[split].length] as number, index % 2)
      },
      counterpart: (words, answer) => {
        const other = (answer + 1) % days.length
        return { words: words.map((word) => (word === days[answer] ? (days[other] as string) : word)), answer: other }
      },
    })
  },
}

/** Spread over the sentence, the first place always among those that are trained on. */
function unseenPositions(clauses: number, unseen: number): ReadonlySet<number> {
  if (unseen >= clauses) {
    throw new LabError(
      'spec-invalid',
      `task.unseen is ${unseen}: of ${clauses} clauses at most ${clauses - 1} can be left out of training.`,
      `Set task.unseen to at most ${clauses - 1}, or raise task.clauses.`,
      { field: 'task.unseen', value: unseen, limit: clauses - 1 },
    )
  }
  return new Set(Array.from({ length: unseen }, (_, k) => Math.floor(((k + 1) * clauses) / (unseen + 1))))
}
