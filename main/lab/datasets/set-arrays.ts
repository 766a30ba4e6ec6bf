import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import { type Integers, type NdArray, ndarray } from '../../../shared/ndarray.ts'
import { writeNpy } from '../../../shared/npz.ts'
import { parts, type SequenceRow, SetHeader } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { readNpy } from '../formats/npy.ts'
import { readZip, writeZip } from '../formats/zip.ts'
import { readRow, type StoredRow, storeRow } from './rows.ts'
import { jsonOf, type SetFile } from './set-file.ts'

/** Numbers that padded arrays may hold. */
const largestArray = 100_000_000
/** The file of an archive that arrays of a set are known by. */
export const about = 'set.json'

/** What arrays cannot say: the header, the tokens that ids stand for, labels, tags and notes. */
const About = v.strictObject({
  format: v.literal('unroll-sequences/1'),
  header: SetHeader,
  vocabulary: v.array(v.string()),
  labels: v.array(v.string()),
  tags: v.array(v.record(v.string(), v.string())),
  notes: v.array(v.string()),
})

/**
 * Arrays for NumPy: `inputs` int32 ids [N, T] or float64 [N, T, D] with NaN where one is missing, `lengths` [N],
 * `split` [N] (0 train, 1 validation, 2 test), `targets` with `target_lengths`, -1 or NaN where none is given.
 * Padding is 0. Throws `file-too-large` where they would not fit memory.
 */
export function writeArrays(header: SetHeader, stored: readonly StoredRow[]): Uint8Array {
  const rows = stored.map(readRow)
  const tokens = new Map<string, number>()
  const labels = new Map<string, number>()
  const idOf = (of: Map<string, number>, text: unknown) => {
    if (text === null) return -1
    const id = of.get(text as string) ?? of.size
    of.set(text as string, id)
    return id
  }
  const width = header.inputs === 'numbers' ? header.channels.length : 1
  const inputs = rows.map(({ inputs: given }) => given as readonly unknown[])
  const isLabel = header.target === 'class' || (header.inputs === 'tokens' && header.target === 'every-step')
  const targets = rows.map(({ target }) => (target === null ? null : Array.isArray(target) ? target : [target]))
  const count = rows.length
  const numbersOf = (step: unknown) =>
    header.inputs === 'tokens' ? [idOf(tokens, step)] : Array.isArray(step) ? step.map(numberOf) : [numberOf(step)]
  const answerOf = (value: unknown) => (isLabel ? idOf(labels, value) : numberOf(value))
  const arrays = {
    inputs: padded(
      inputs.map((steps) => steps.map(numbersOf)),
      width,
      header.inputs === 'tokens',
    ),
    lengths: ints(inputs.map(({ length }) => length)),
    split: ints(stored.map(({ split }) => parts.indexOf(split))),
    targets: padded(
      targets.map((list) => (list ?? []).map((value) => [answerOf(value)])),
      1,
      isLabel,
    ),
    // -1: no answer at all, which an empty list of answers is not.
    target_lengths: ints(targets.map((list) => list?.length ?? -1)),
  }
  const json = {
    format: 'unroll-sequences/1',
    header,
    vocabulary: [...tokens.keys()],
    labels: [...labels.keys()],
    tags: rows.map(({ tags }) => tags),
    notes: rows.map(({ note }) => note),
  }
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)] as const)
  return writeZip({ [about]: new TextEncoder().encode(`${JSON.stringify(json)}\n`), ...Object.fromEntries(files) }, 0)

  function padded(lists: readonly (readonly (readonly number[])[])[], size: number, whole: boolean) {
    const time = lists.reduce((longest, { length }) => Math.max(longest, length), 0)
    if (count * time * size > largestArray) {
      const message = `Padded arrays would hold ${count * time * size} numbers; at most ${largestArray} can be written.`
      throw new LabError('file-too-large', message, 'Take JSON lines or CSV instead.', { limit: largestArray })
    }
    const data = whole ? new Int32Array(count * time * size) : new Float64Array(count * time * size)
    for (const [n, list] of lists.entries())
      for (const [t, values] of list.entries()) data.set(values, (n * time + t) * size)
    const shape = size === 1 ? [count, time] : [count, time, size]
    return ndarray<Int32Array | Float64Array>(shape, data)
  }
}

const ints = (values: readonly number[]): Integers => ndarray([values.length], Int32Array.from(values))
const numberOf = (value: unknown) => (value === null ? Number.NaN : Number(value))

export function readArrays(bytes: Uint8Array, file: string): SetFile {
  const files = readZip(bytes, file)
  const json = jsonOf(new TextDecoder().decode(files[about] ?? new Uint8Array(0)), file, 1)
  const { header, vocabulary, labels, tags, notes } = parse(About, json, 'format-invalid', `${file}, ${about}`)
  const array = (name: string): NdArray<Float32Array | Int32Array | Float64Array> => {
    const content = files[`${name}.npy`]
    if (content) return readNpy(content, `${file}, array "${name}"`).array
    throw new LabError('format-invalid', `${file}: there is no array "${name}".`, 'Export the dataset again.', { file })
  }
  const [inputs, lengths, split, targets, answered] = ['inputs', 'lengths', 'split', 'targets', 'target_lengths'].map(
    array,
  ) as ReturnType<typeof array>[] as [NdArray, NdArray, NdArray, NdArray, NdArray]
  const width = inputs.shape[2] ?? 1
  const value = (number: number) => (Number.isNaN(number) ? null : number)
  const isLabel = labels.length > 0
  const time = inputs.shape[1] ?? 0
  const most = targets.shape[1] ?? 0
  const rows = Array.from(lengths.data, (length, n) => {
    const step = (t: number) => {
      const from = (n * time + t) * width
      if (header.inputs === 'tokens') return vocabulary[inputs.data[from] as number]
      return width === 1
        ? value(inputs.data[from] as number)
        : Array.from(inputs.data.subarray(from, from + width), value)
    }
    const answer = (t: number) => {
      const given = targets.data[n * most + t] as number
      return isLabel ? (labels[given] ?? null) : value(given)
    }
    const many = answered.data[n] ?? -1
    // Before lists of such lengths are made.
    if (!(length >= 0 && length <= time && many <= most)) {
      const what = `it has ${length} inputs and ${many} answers, but the arrays have ${time} and ${most}`
      throw new LabError('format-invalid', `${file}, row ${n + 1}: ${what}.`, 'Export the dataset again.', { file })
    }
    const list = Array.from({ length: Math.max(0, many) }, (_, t) => answer(t))
    const row = {
      inputs: Array.from({ length }, (_, t) => step(t)),
      target: many < 0 ? null : header.target === 'every-step' ? list : (list[0] ?? null),
      split: parts[split.data[n] as number],
      tags: tags[n] ?? {},
      note: notes[n] ?? '',
    }
    return storeRow(header, row satisfies { [Field in keyof SequenceRow]: unknown }, `${file}, row ${n + 1}`)
  })
  return { header, rows }
}
