import type { Random } from '../random.ts'
import { type Fillers, fillers, shuffled } from './fillers.ts'
import { pick, split } from './sentences.ts'

type Words = readonly string[]

/** A way to tell a clue and ask for what it stands for. */
export interface Frame {
  /** What leads up to the clue. */
  readonly before: readonly Words[]
  /** For each answer, the words that give it away. */
  readonly clues: readonly Words[]
  /** What ends the clue's clause; an empty one where the ending follows at once. */
  readonly after: readonly Words[]
  /** What the answer follows. */
  readonly endings: readonly Words[]
  /** Whether clauses that have nothing to do with the clue may stand before the ending. */
  readonly story: boolean
}

export interface Told {
  readonly words: Words
  /** Words and marks between the clue and the answer. */
  readonly distance: number
  /** Clues of another answer among them. */
  readonly distractors: number
}

export interface Teller {
  /** Every word that can be told. */
  readonly words: Words
  /** Words before and including the clue, at most. */
  readonly longestStart: number
  /**
   * A sentence or story with the answer's clue at exactly `distance`, and at most `distractors` clauses
   * that name a clue of any answer, the right one included, so that they tell nothing about it.
   */
  tell(random: Random, answer: number, distance: number, distractors: number): Told
  /** What was told of an answer, with a clue of the next answer in place of its own; undefined where none stands. */
  otherClue(words: Words, answer: number): { readonly words: Words; readonly answer: number } | undefined
}

/** `distracting` clauses have `{}` where the clue stands. */
export function teller(frames: readonly Frame[], neutral: readonly string[], distracting: readonly string[]): Teller {
  const filler = fillers(neutral)
  const distractions = distracting.map(split)
  const misleading = frames[0]?.clues as readonly Words[]
  const fitting = fittingWays(frames, filler)
  return {
    words: [
      ...frames.flatMap(({ before, clues, after, endings }) => [before, clues, after, endings].flat(2)),
      ...filler.words,
      ...distractions.flat().filter((word) => word !== '{}'),
    ],
    longestStart: 1 + Math.max(...frames.flatMap(({ before }) => before.map((words) => words.length))),
    tell: (random, answer, distance, distractors) => {
      const way = pick(random, pick(random, fitting(distance)))
      const clue = pick(random, way.frame.clues[answer] as Words)
      const clauses: Words[] = []
      let left = way.left
      let others = 0
      const wanted = random.integer(distractors + 1)
      while (left > 0 && clauses.length < wanted) {
        const clause = pick(random, distractions)
        if (!filler.reaches(left - clause.length)) break
        const meant = random.integer(misleading.length)
        const word = pick(random, misleading[meant] as Words)
        clauses.push(clause.map((part) => (part === '{}' ? word : part)))
        if (meant !== answer) others += 1
        left -= clause.length
      }
      const between = shuffled(random, [...clauses, ...filler.draw(random, left)]).flat()
      const words = [...pick(random, way.frame.before), clue, ...way.after, ...between, ...way.ending]
      return { words, distance, distractors: others }
    },
    otherClue: (words, answer) => {
      for (const { before, clues } of frames) {
        const other = (answer + 1) % clues.length
        const own = clues[answer] as Words
        for (const start of before) {
          const which = own.indexOf(words[start.length] as string)
          if (which < 0 || start.some((word, t) => words[t] !== word)) continue
          const instead = clues[other] as Words
          return { words: words.with(start.length, instead[which % instead.length] as string), answer: other }
        }
      }
      return undefined
    },
  }
}

interface Way {
  readonly frame: Frame
  readonly after: Words
  readonly ending: Words
  /** Words that are left for clauses in between. */
  readonly left: number
}

/** For a distance, the ways each frame has of keeping it; frames that have none are left out. */
function fittingWays(frames: readonly Frame[], filler: Fillers): (distance: number) => readonly (readonly Way[])[] {
  const known = new Map<number, Way[][]>()
  const search = (distance: number): Way[][] =>
    frames
      .map((frame) =>
        frame.after
          .flatMap((after) =>
            frame.endings.map((ending) => ({ frame, after, ending, left: distance - after.length - ending.length })),
          )
          .filter(({ left }) => (frame.story ? filler.reaches(left) : left === 0)),
      )
      .filter((ways) => ways.length > 0)
  return (distance) => {
    const ways = known.get(distance) ?? search(distance)
    known.set(distance, ways)
    return ways
  }
}
