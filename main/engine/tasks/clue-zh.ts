import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import type { Random } from '../random.ts'
import { chance } from './baselines.ts'
import { tastes, tasteTeller } from './clue-zh-words.ts'
import { checkDistances, type Distances, distanceFields, distancesIn, embeddingField } from './distances.ts'
import { integerIn } from './generated.ts'
import { drawFor, type Sentence, sentenceTask } from './sentences.ts'
import type { Task } from './task.ts'

interface ClueSpec extends Distances {
  id: 'clue-zh'
  distractors: number
  embedding: number
}

/**
 * A clue at a distance, in Chinese: "桌 上 的 冰糖 味道 真" goes on with 甜, and so does a story in which
 * somebody tasted it long before. The answer is one of five tastes, equally often; clauses in between
 * have nothing to do with it, or (`distractors`) name other food, of any taste.
 *
 * Words are the tokens, since it is the next word that is asked for and a distance in words is what
 * makes a clue near or far; marks count as words. The answer is a class, not a token of the vocabulary:
 * only the last word is trained, and a network that was never asked for another cannot write one.
 */
export const clueZh: Task<ClueSpec> = {
  id: 'clue-zh',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('clue-zh'),
    ...distanceFields(2, { minDistance: 2, maxDistance: 20, testDistance: 40 }),
    distractors: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), 0),
    embedding: embeddingField(16),
  }),

  create(spec, _source, seed) {
    checkDistances(spec)
    const { minDistance, maxDistance, testDistance } = spec
    const cycle = distancesIn(spec)
    const draw = (part: Split | 'train', random: Random, distance: number): Sentence => {
      const answer = random.integer(tastes.length)
      const told = drawFor(
        part,
        () => tasteTeller.tell(random, answer, distance, spec.distractors),
        ({ words }) => words.join(' '),
      )
      return { words: told.words, answer, tags: { distance, distractors: told.distractors } }
    }
    return sentenceTask({
      id: 'clue-zh',
      seed,
      words: tasteTeller.words,
      classes: tastes,
      length: tasteTeller.longestStart + testDistance,
      embedding: spec.embedding,
      baselines: [chance(tastes.length)],
      train: (random) => draw('train', random, integerIn(random, [minDistance, maxDistance])),
      cycle,
      heldOut: (split, index, stream) => draw(split, stream(index), minDistance + (index % cycle[split])),
      counterpart: tasteTeller.otherClue,
    })
  },
}
