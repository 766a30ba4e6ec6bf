import * as v from 'valibot'
import type { NdArray } from './ndarray.ts'
import { Seed, TaskSpec } from './spec.ts'

/**
 * A dataset of sequences as lab and page speak of it: a header that says what its rows are, rows with the same
 * five fields, and the edits through which every change goes.
 */

/** What a row is for: to learn from, to measure while learning, to be asked about at the end. */
export const parts = ['train', 'validation', 'test'] as const
export type Part = (typeof parts)[number]
const PartName = v.picklist(parts)

/** The most that one dataset may hold; `drawn`: numbers or tokens of a live set; `copied`: of rows, at once. */
export const setLimits = {
  rows: 1_000_000,
  steps: 1_000_000,
  channels: 1000,
  token: 200,
  text: 2000,
  classes: 1000,
  drawn: 20_000_000,
  copied: { rows: 100_000, characters: 20_000_000 },
}

export const Token = v.pipe(v.string(), v.minLength(1), v.maxLength(setLimits.token))
const Short = v.pipe(v.string(), v.maxLength(setLimits.token))

/** How a text becomes tokens: its characters, what stands between blanks, words of its language, or a pattern. */
export const Tokenizer = v.variant('id', [
  v.strictObject({ id: v.picklist(['characters', 'whitespace', 'words']) }),
  /** Every match of a regular expression is a token. */
  v.strictObject({ id: v.literal('pattern'), pattern: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) }),
])
export type Tokenizer = v.InferOutput<typeof Tokenizer>

/** Labels that a row may have; null: whichever occur. */
const Classes = v.optional(v.nullable(v.pipe(v.array(Token), v.maxLength(setLimits.classes))), null)

/** What a dataset's rows are: tokens or numbers, and what is asked of them. */
export const SetHeader = v.variant('inputs', [
  v.strictObject({
    inputs: v.literal('tokens'),
    /** A class after the last token, at every step the token that comes next, or a label at every step. */
    target: v.picklist(['class', 'next', 'every-step']),
    classes: Classes,
    /** Tokens that may occur; null: whichever do. */
    vocabulary: v.optional(v.nullable(v.pipe(v.array(Token), v.maxLength(1_000_000))), null),
    tokenizer: v.optional(Tokenizer, { id: 'whitespace' }),
  }),
  v.strictObject({
    inputs: v.literal('numbers'),
    /** A number after the last step, a class, at every step the next value of the first channel, or a value at every step. */
    target: v.picklist(['value', 'class', 'next', 'every-step']),
    classes: Classes,
    /** Names of what is measured at every step. */
    channels: v.pipe(v.array(Token), v.minLength(1), v.maxLength(setLimits.channels)),
  }),
])
export type SetHeader = v.InferOutput<typeof SetHeader>

const Tags = v.record(Token, Short)
export type Tags = v.InferOutput<typeof Tags>

/** null is a missing number. */
const Numeral = v.nullable(v.pipe(v.number(), v.finite()))
const Inputs = v.union([
  v.pipe(v.array(Token), v.maxLength(setLimits.steps)),
  v.pipe(v.array(Numeral), v.maxLength(setLimits.steps)),
  v.pipe(v.array(v.array(Numeral)), v.maxLength(setLimits.steps)),
  /** A text, which the header's tokenizer cuts. */
  v.pipe(v.string(), v.maxLength(setLimits.steps)),
])
const Target = v.union([
  v.null(),
  Short,
  v.pipe(v.number(), v.finite()),
  v.pipe(v.array(v.nullable(Short)), v.maxLength(setLimits.steps)),
  v.pipe(v.array(Numeral), v.maxLength(setLimits.steps)),
])

/** A row as JSON has it. */
export const SequenceRow = v.strictObject({
  /** Tokens [T]; numbers [T], or [T][D] where there are several channels. */
  inputs: Inputs,
  /** A label, a number, a list of either for every step; null where none is known or the inputs are the answer. */
  target: v.optional(Target, null),
  split: v.optional(PartName, 'train'),
  /** Facts by name, to sort, group and split by. */
  tags: v.optional(Tags, {}),
  note: v.optional(v.pipe(v.string(), v.maxLength(setLimits.text)), ''),
})
export type SequenceRow = v.InferOutput<typeof SequenceRow>

/** What can be set of a row. */
export const rowFields = ['inputs', 'target', 'split', 'tags', 'note'] as const
export type RowField = (typeof rowFields)[number]

const RowId = v.pipe(v.number(), v.integer(), v.minValue(1))
export const RowIds = v.pipe(
  v.instance(Int32Array),
  v.check((ids) => ids.length <= setLimits.rows && ids.every((id) => id > 0), 'ids of rows'),
)
/** The row after which others come; null: at the top. */
const After = v.nullable(RowId)

export const Splitting = v.strictObject({
  /**
   * `random`; `stratified`: every class in the same shares; `group`: rows of one tag value stay together;
   * `time`: the first rows (by a tag, or as they stand) train, the last test.
   */
  by: v.picklist(['random', 'stratified', 'group', 'time']),
  tag: v.optional(Token),
  /** Shares of validation and test; the rest trains. */
  validation: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
  test: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0x7fff_ffff)),
})
export type Splitting = v.InferOutput<typeof Splitting>

/** What draws the rows of a live set: a task that reads no file, its dials and a seed. It always draws the same. */
export const Recipe = v.strictObject({
  task: TaskSpec,
  seed: Seed,
  rows: v.pipe(v.number(), v.integer(), v.minValue(10), v.maxValue(100_000)),
})
export type Recipe = v.InferOutput<typeof Recipe>

/** Everything that can be done to a dataset; each can be undone. */
export const Edit = v.variant('do', [
  v.strictObject({ do: v.literal('insert'), after: After, rows: v.pipe(v.array(SequenceRow), v.maxLength(100_000)) }),
  v.strictObject({ do: v.literal('remove'), ids: RowIds }),
  v.strictObject({ do: v.literal('duplicate'), ids: RowIds }),
  v.strictObject({ do: v.literal('move'), ids: RowIds, after: After }),
  v.strictObject({
    do: v.literal('set'),
    cells: v.pipe(
      v.array(v.strictObject({ id: RowId, field: v.picklist(rowFields), value: v.unknown() })),
      v.maxLength(100_000),
    ),
  }),
  /** Every token (or label) that equals `find` becomes `by`, everywhere or in some rows. */
  v.strictObject({
    do: v.literal('replace'),
    in: v.picklist(['inputs', 'target', 'note']),
    find: Token,
    by: Short,
    ids: v.optional(RowIds),
  }),
  v.strictObject({ do: v.literal('split'), how: Splitting }),
  /** Which tokens and labels may occur. */
  v.strictObject({
    do: v.literal('allow'),
    vocabulary: v.optional(v.nullable(v.array(Token))),
    classes: v.optional(v.nullable(v.array(Token))),
  }),
  /** The rows are what this draws, now and whenever they are looked at. */
  v.strictObject({ do: v.literal('draw'), recipe: Recipe }),
  /** The rows of a live set become rows like any others. */
  v.strictObject({ do: v.literal('freeze') }),
  /** All is as it was in that version. */
  v.strictObject({ do: v.literal('restore'), version: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
])
export type Edit = v.InferOutput<typeof Edit>

/** What is wrong with a row by itself: it is left out of training until it is put right. */
export const rowFaults = [
  'empty',
  'too-short',
  'no-target',
  'unknown-token',
  'unknown-class',
  'missing-value',
  'target-length',
] as const
export type RowFault = (typeof rowFaults)[number]

/** Which rows, in which order. */
export const SetView = v.strictObject({
  split: v.optional(PartName),
  /** Text that inputs, target, tags or note contain; case of Latin letters is ignored. */
  find: v.optional(Short),
  /** Only rows with a fault. */
  faulty: v.optional(v.boolean()),
  /** Only rows whose tag is a text, or a number between two. */
  tag: v.optional(
    v.union([
      v.strictObject({ name: Token, is: Short }),
      v.strictObject({ name: Token, from: v.pipe(v.number(), v.finite()), to: v.pipe(v.number(), v.finite()) }),
    ]),
  ),
  sort: v.optional(
    v.strictObject({
      by: v.union([v.picklist(['length', 'target', 'split', 'note', 'inputs']), v.pipe(v.string(), v.regex(/^tag:/))]),
      descending: v.boolean(),
    }),
  ),
})
export type SetView = v.InferOutput<typeof SetView>

/** A row of a page. Of inputs and targets at every step only the first are sent. */
export interface ShownRow {
  readonly id: number
  /** Place in the dataset, from 1. */
  readonly number: number
  /** Tokens, or numbers [steps shown, channels] with NaN where one is missing. */
  readonly inputs: readonly string[] | NdArray<Float64Array>
  readonly target: string | number | null | readonly (string | null)[] | Float64Array
  readonly split: Part
  readonly tags: Tags
  readonly note: string
  readonly steps: number
  readonly fault?: RowFault
}

/** Where a dataset stands. */
export interface SetState {
  readonly header: SetHeader
  readonly rows: number
  readonly inParts: Readonly<Record<Part, number>>
  /** Steps of the longest row. */
  readonly longest: number
  /** Rows with a fault. */
  readonly faulty: number
  readonly tags: readonly string[]
  /** Of a live set, what draws its rows; null: the rows are a person's own. */
  readonly live: Recipe | null
  /** Which version this is; null: the dataset as it is now. */
  readonly shows: number | null
  /** Counts changes: pages and ids of one revision belong together. */
  readonly revision: number
  /** What undo and redo would take back and do again, by the edit's name. */
  readonly undo: Edit['do'] | null
  readonly redo: Edit['do'] | null
}

/** A dataset, or one of its versions as it was: `ID@3`. Versions are only read. */
export const SetRef = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}(@[1-9]\d{0,5})?$/))
/** null: the dataset as it is now. */
export function parseRef(ref: string): [dataset: string, version: number | null] {
  const [dataset = '', version] = ref.split('@')
  return [dataset, version === undefined ? null : Number(version)]
}
export const versionRef = (dataset: string, version: number): string => `${dataset}@${version}`

/** What came of the edits between two versions. */
export interface SetChanges {
  /** Names of the edits that were made, in their order, each once. */
  readonly edits: readonly Edit['do'][]
  readonly added: number
  readonly removed: number
  readonly changed: number
}

/** A dataset as it was when a training began to refer to it. */
export interface SetVersion {
  /** From 1. */
  readonly version: number
  readonly createdAt: number
  /** Unknown of versions that an early Unroll kept. */
  readonly rows: number | null
  /** What drew the rows, where the set was live. */
  readonly live: Recipe | null
  /** Since the version before; null of the first. */
  readonly since: SetChanges | null
  /** Nothing has changed since. */
  readonly isNow: boolean
  readonly trainings: readonly { readonly id: string; readonly name: string }[]
}

/** How often a token or a label stands in rows. */
export interface Occurrences {
  readonly inputs: number
  readonly target: number
}

/** Rows as text, which can be pasted again: the first of those asked for. */
export interface SetCopy {
  readonly text: string
  readonly rows: number
}

export interface SetPage {
  readonly revision: number
  readonly rows: readonly ShownRow[]
}
