import * as v from 'valibot'
import type { Baseline, Split } from '../../../shared/contract.ts'
import type { Random } from '../random.ts'
import { chance } from './baselines.ts'
import { languages, languageTeller, placeDistances, places, placeTeller } from './clue-en-words.ts'
import { checkDistances, type Distances, distanceFields, distancesIn, embeddingField } from './distances.ts'
import { integerIn } from './generated.ts'
import { drawFor, pick, type Sentence, sentenceTask } from './sentences.ts'
import type { Task } from './task.ts'

interface ClueSpec extends Distances {
  id: 'clue-en'
  distractors: number
  embedding: number
}

const answers = [...places, ...languages]

/**
 * Who reads the last words alone knows every place, and that a language is asked for, but not which:
 * half of the answers, and one in `languages` of the rest.
 */
const lastWords: Baseline = {
  id: 'last-words',
  loss: Math.log(languages.length) / 2,
  metric: 0.5 + 0.5 / languages.length,
}

/**
 * Near and far clues in one task: every other sentence asks for a place that the words just before
 * give away ("all the clouds are in the" sky), every other for a language whose country or city was
 * named `minDistance` to `maxDistance` words before ("I grew up in France . ... I speak fluent" French).
 * All answers are equally frequent. Stories may name other countries on the way (`distractors`).
 * The answer is a class, for the reason that clue-zh gives.
 */
export const clueEn: Task<ClueSpec> = {
  id: 'clue-en',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('clue-en'),
    ...distanceFields(2, { minDistance: 2, maxDistance: 30, testDistance: 50 }),
    distractors: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)), 0),
    embedding: embeddingField(16),
  }),

  create(spec, _source, seed) {
    checkDistances(spec)
    const { minDistance, maxDistance, testDistance } = spec
    const distances = distancesIn(spec)
    const place = (part: Split | 'train', random: Random): Sentence => {
      const answer = random.integer(places.length)
      const told = drawFor(part, () => placeTeller.tell(random, answer, pick(random, placeDistances), 0), text)
      return { words: told.words, answer, tags: { distance: told.distance, far: 0, distractors: 0 } }
    }
    const language = (part: Split | 'train', random: Random, distance: number): Sentence => {
      const answer = random.integer(languages.length)
      const told = drawFor(part, () => languageTeller.tell(random, answer, distance, spec.distractors), text)
      const tags = { distance, far: 1, distractors: told.distractors }
      return { words: told.words, answer: places.length + answer, tags }
    }
    return sentenceTask({
      id: 'clue-en',
      seed,
      words: [...placeTeller.words, ...languageTeller.words],
      classes: answers,
      length: Math.max(
        languageTeller.longestStart + testDistance,
        placeTeller.longestStart + Math.max(...placeDistances),
      ),
      embedding: spec.embedding,
      baselines: [chance(answers.length), lastWords],
      train: (random) =>
        random.integer(2) === 0
          ? place('train', random)
          : language('train', random, integerIn(random, [minDistance, maxDistance])),
      group: 2,
      cycle: distances,
      heldOut: (split, index, stream) => {
        if (index % 2 === 0) return place(split, stream(index))
        return language(split, stream(index), minDistance + (((index - 1) / 2) % distances[split]))
      },
      counterpart: (words, answer) => {
        if (answer < places.length) return placeTeller.otherClue(words, answer)
        const other = languageTeller.otherClue(words, answer - places.length)
        return other && { ...other, answer: places.length + other.answer }
      },
    })
  },
}

const text = ({ words }: { readonly words: readonly string[] }) => words.join(' ')
