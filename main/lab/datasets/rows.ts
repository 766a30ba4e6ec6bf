import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import { type RowFault, type RowField, SequenceRow, type SetHeader } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { tokenize } from './tokenize.ts'

/** A row as it is stored: inputs, target and tags as JSON text, which views search and files are made of. */
export interface StoredRow {
  readonly steps: number
  readonly inputs: string
  readonly target: string
  readonly split: SequenceRow['split']
  readonly tags: string
  readonly note: string
}

/** A row checked against its dataset's header. Throws `row-invalid` naming `where` and the field. */
export function storeRow(header: SetHeader, row: unknown, where: string): StoredRow {
  const checked = parse(SequenceRow, row, 'row-invalid', where)
  const inputs = inputsOf(header, checked.inputs, where) as SequenceRow['inputs']
  return writeRow({ ...checked, inputs, target: targetOf(header, checked.target, where) })
}

/** A row that fits its dataset for certain, as it is stored. */
export function writeRow({ inputs, target, split, tags, note }: SequenceRow): StoredRow {
  return {
    steps: inputs.length,
    inputs: JSON.stringify(inputs),
    target: JSON.stringify(target),
    split,
    tags: JSON.stringify(tags),
    note,
  }
}

/** One field of a row, checked; inputs bring their number of steps along. Throws `row-invalid`. */
export function storeField(header: SetHeader, field: RowField, value: unknown, where: string): Partial<StoredRow> {
  const { steps, ...row } = storeRow(header, { inputs: [], [field]: value }, where)
  return field === 'inputs' ? { steps, inputs: row.inputs } : { [field]: row[field] }
}

function refuse(where: string, field: RowField, what: string, hint: string): never {
  throw new LabError('row-invalid', `${where}: "${field}" ${what}.`, hint, { row: where, field })
}

function inputsOf(header: SetHeader, inputs: SequenceRow['inputs'], where: string): readonly unknown[] {
  if (header.inputs === 'tokens') {
    if (typeof inputs === 'string') {
      const tokens = tokenize(inputs, header.tokenizer)
      return parse(v.pick(SequenceRow, ['inputs']), { inputs: tokens }, 'row-invalid', where).inputs as string[]
    }
    if (inputs.every((token) => typeof token === 'string')) return inputs
    return refuse(where, 'inputs', 'holds numbers, but this dataset reads tokens', 'Give a list of texts.')
  }
  const channels = header.channels.length
  const flat = inputs as readonly unknown[]
  if (typeof inputs === 'string' || flat.some((value) => typeof value === 'string')) {
    return refuse(
      where,
      'inputs',
      'holds text, but this dataset reads numbers',
      'Give numbers, or null for a missing one.',
    )
  }
  const isRow = (value: unknown) => Array.isArray(value) && value.length === channels
  if (channels === 1) {
    const single = flat.map((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value))
    if (!single.some(Array.isArray)) return single
  } else if (flat.every(isRow)) return flat
  return refuse(
    where,
    'inputs',
    `needs ${channels} numbers at every step`,
    `One for each of: ${header.channels.join(', ')}.`,
  )
}

function targetOf(header: SetHeader, target: SequenceRow['target'], where: string): SequenceRow['target'] {
  if (target === null) return null
  const wants = header.target
  if (wants === 'next')
    return refuse(where, 'target', 'is given, but the inputs themselves are the answer', 'Leave it out.')
  if (wants === 'class') {
    if (Array.isArray(target)) return refuse(where, 'target', 'is a list, but one class is asked for', 'Give one text.')
    return target === '' ? null : String(target)
  }
  if (wants === 'value') {
    if (typeof target === 'number') return target
    return refuse(where, 'target', 'is not a number', 'Give a number, or null for a missing one.')
  }
  const isLabel = header.inputs === 'tokens'
  if (!Array.isArray(target)) {
    if (isLabel && typeof target === 'string') return target.split(/\s+/).filter((label) => label !== '')
    return refuse(where, 'target', 'is not a list, but every step is to be answered', 'Give a list, one entry a step.')
  }
  const fits = (value: unknown) => value === null || typeof value === (isLabel ? 'string' : 'number')
  if (!target.every(fits)) {
    return refuse(where, 'target', `is not a list of ${isLabel ? 'texts' : 'numbers'}`, 'Correct the entries.')
  }
  return isLabel ? (target as (string | null)[]).map((label) => label || null) : target
}

/** Which tokens and labels may occur, as sets that are asked for every row. */
export interface Allowed {
  readonly vocabulary: ReadonlySet<string> | null
  readonly classes: ReadonlySet<string> | null
}

export function allowedBy(header: SetHeader): Allowed {
  const vocabulary = header.inputs === 'tokens' ? header.vocabulary : null
  return { vocabulary: vocabulary && new Set(vocabulary), classes: header.classes && new Set(header.classes) }
}

/** The first thing that keeps a row from being trained on; null where nothing does. */
export function faultOf(header: SetHeader, row: StoredRow, allowed: Allowed): RowFault | null {
  if (row.steps === 0) return 'empty'
  if (header.target === 'next' && row.steps < 2) return 'too-short'
  if (header.inputs === 'numbers') {
    // In JSON of numbers, nothing else is spelt like that.
    if (row.inputs.includes('null')) return 'missing-value'
  } else if (allowed.vocabulary) {
    const inputs = JSON.parse(row.inputs) as readonly string[]
    if (inputs.some((token) => !allowed.vocabulary?.has(token))) return 'unknown-token'
  }
  return header.target === 'next' ? null : targetFault(header, JSON.parse(row.target), row.steps, allowed)
}

function targetFault(
  header: SetHeader,
  target: SequenceRow['target'],
  steps: number,
  { classes }: Allowed,
): RowFault | null {
  if (target === null) return 'no-target'
  if (!Array.isArray(target)) {
    return header.target === 'class' && classes && !classes.has(target as string) ? 'unknown-class' : null
  }
  if (target.length !== steps) return 'target-length'
  if (target.some((entry) => entry === null)) return header.inputs === 'tokens' ? 'no-target' : 'missing-value'
  if (header.inputs === 'tokens' && classes && target.some((label) => !classes.has(label as string)))
    return 'unknown-class'
  return null
}

export const isSameRow = (a: StoredRow, b: StoredRow | undefined): boolean =>
  (['inputs', 'target', 'split', 'tags', 'note'] as const).every((field) => a[field] === b?.[field])

/** The row that was stored, as JSON has it. */
export function readRow(row: StoredRow): SequenceRow {
  return {
    inputs: JSON.parse(row.inputs) as SequenceRow['inputs'],
    target: JSON.parse(row.target) as SequenceRow['target'],
    split: row.split,
    tags: JSON.parse(row.tags) as SequenceRow['tags'],
    note: row.note,
  }
}
