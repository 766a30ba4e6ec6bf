import * as v from 'valibot'
import { type SequenceRow, type SetHeader, Splitting, setLimits, Tokenizer } from './sequences.ts'

/** How a file becomes a dataset of sequences: guessed, shown, corrected, kept, and used again on a new file. */

const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

/** What a column is for. `group` and `time` are for files with a row for every step. */
export const columnRoles = ['input', 'target', 'group', 'time', 'split', 'tag', 'note', 'ignore'] as const
export type ColumnRole = (typeof columnRoles)[number]
export const missingRules = ['refuse', 'keep', 'drop', 'interpolate', 'previous'] as const
export const importFormats = ['text', 'csv', 'jsonl', 'json', 'arrays'] as const

/** The most columns that a table may have. */
export const columnLimit = 20_000

export const ImportSettings = v.strictObject({
  format: v.picklist(importFormats),
  encoding: v.optional(v.picklist(['utf-8', 'gb18030']), 'utf-8'),
  /** Between the fields of a table. */
  delimiter: v.optional(v.pipe(v.string(), v.length(1)), ','),
  /** Whether a table's first row names its columns. */
  header: v.optional(v.boolean(), true),
  columns: v.pipe(
    v.array(v.strictObject({ name: v.pipe(v.string(), v.maxLength(setLimits.token)), role: v.picklist(columnRoles) })),
    v.maxLength(columnLimit),
  ),
  /** `wide`: a row is a sequence; `long`: a row is a step, and rows of one group are a sequence. */
  layout: v.picklist(['wide', 'long']),
  inputs: v.picklist(['tokens', 'numbers']),
  target: v.picklist(['class', 'next', 'every-step', 'value']),
  tokenizer: v.optional(Tokenizer, { id: 'words' }),
  /**
   * A number that is missing: an error, kept as missing, its step (or row) dropped, drawn between its neighbours, or
   * the one before it again.
   */
  missing: v.optional(v.picklist(missingRules), 'refuse'),
  /** Texts that stand for a missing number, besides the usual ones. */
  marks: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(setLimits.token))), v.maxLength(100))),
  /**
   * Sequences cut into windows of `size` steps, one every `stride`. Of numbers, each is answered with the value of
   * the first input (or of the target column) `horizon` steps after the window.
   */
  window: v.optional(
    v.nullable(v.strictObject({ size: whole(1, 100_000), stride: whole(1, 100_000), horizon: whole(1, 100_000) })),
    null,
  ),
  /** How rows are split where no column says it; null: all train. */
  split: v.optional(v.nullable(Splitting), null),
})
export type ImportSettings = v.InferOutput<typeof ImportSettings>

/** Why something was guessed: a key of the page's texts, and the numbers in it. */
export interface Reason {
  readonly about: 'encoding' | 'delimiter' | 'header' | 'layout' | 'target' | 'tokenizer' | 'window' | 'unused'
  readonly key: string
  readonly values?: Readonly<Record<string, string | number>>
}

/** Sequences whose steps say more than one answer where one is asked for: the last step's is taken. */
export interface MixedAnswers {
  readonly sequences: number
  /** Of the first: the sequence, empty where nothing tells them apart; the line, and what was said before it. */
  readonly first: { readonly group: string; readonly line: number; readonly says: string; readonly before: string }
}

/** How a file would come in. */
export interface ImportPreview {
  readonly settings: ImportSettings
  readonly reasons: readonly Reason[]
  /** The first records as they stand in the file, a text for each column. */
  readonly records: readonly (readonly string[])[]
  readonly header: SetHeader
  /** The first sequences as they would be. */
  readonly rows: readonly SequenceRow[]
  /** As far as the beginning of the file shows. */
  readonly mixed?: MixedAnswers
  /** What would stop the import, as far as the beginning of the file shows. */
  readonly problem?: { readonly code: string; readonly message: string; readonly hint: string }
}

export interface ImportProgress {
  readonly state: 'receiving' | 'ready' | 'reading' | 'done' | 'failed' | 'cancelled'
  /** Bytes received or read so far, of all. */
  readonly bytes: number
  readonly size: number
  readonly rows: number
  /** The dataset it became. */
  readonly dataset?: string
  readonly problem?: { readonly code: string; readonly message: string; readonly hint: string }
}
