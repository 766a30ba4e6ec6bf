import type { Edit, Part, RowFault } from './sequences.ts'

/** What rows have that may be wrong though they can be trained on. */
export const rowDoubts = ['leak', 'repeated', 'outlier', 'far-off', 'mixed-answers'] as const
export type RowDoubt = (typeof rowDoubts)[number]

/** Tag of a row that came from several rows of a file which do not agree on its answer: what they say, a JSON list. */
export const mixedTag = 'answers in the file'

/** What the rows of a file said of one sequence; nothing where the tag is none of an import's. */
export function answersSaid(tag = ''): (string | number)[] {
  try {
    const said: unknown = JSON.parse(tag)
    return Array.isArray(said) ? said.filter((answer) => typeof answer === 'string' || typeof answer === 'number') : []
  } catch {
    return []
  }
}

/** A way out, ready to be done. */
export interface Fix {
  /** Key of the page's text: `remove`, `replace`, `allow`, `interpolate`, `train`, `keep`. */
  readonly key: 'remove' | 'replace' | 'allow' | 'interpolate' | 'train' | 'keep'
  /** What it puts in place, where that has a text. */
  readonly by?: string
  readonly edit: Edit
}

export interface Problem {
  readonly kind: RowFault | RowDoubt
  /** The row's id and its place in the dataset. */
  readonly id: number
  readonly number: number
  /** Step from 1, where one is to blame. */
  readonly step?: number
  /** What stands there, or the place of the row that it repeats. */
  readonly value?: string
  readonly fixes: readonly Fix[]
}

/** A fact about rows, and how many have each value of it. */
export interface TagInsight {
  readonly name: string
  /** All its values are whole numbers: they are listed by size, else the commonest first. */
  readonly isWhole: boolean
  readonly values: readonly (readonly [value: string, rows: number])[]
  /** How many different values there are; the list may be shorter. */
  readonly distinct: number
}

/** What a dataset holds, over all its rows. */
export interface Insight {
  readonly revision: number
  /** Rows by their steps, short ones first. */
  readonly lengths: readonly (readonly [steps: number, rows: number])[]
  readonly meanLength: number
  /** Answers by label and part, the commonest first; empty where answers are numbers. */
  readonly labels: readonly { readonly label: string; readonly rows: Readonly<Record<Part, number>> }[]
  /** Facts about rows, such as the distance from clue to answer, each with its values. */
  readonly tags: readonly TagInsight[]
  /** Tokens with how often they occur, the commonest first, and how many different ones there are. */
  readonly tokens: readonly (readonly [token: string, count: number])[]
  readonly distinct: number
  /** Labels that no training row has, though others do, and those that are rare. */
  readonly unlearnable: readonly string[]
  readonly rare: readonly string[]
  readonly problems: readonly Problem[]
  /** Of each kind, all there are: the list may be shorter. */
  readonly counts: Readonly<Partial<Record<Problem['kind'], number>>>
}
