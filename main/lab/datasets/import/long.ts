import { LabError } from '../../../../shared/errors.ts'
import type { ImportSettings } from '../../../../shared/import.ts'
import { setLimits, type Tags } from '../../../../shared/sequences.ts'
import type { StoredRow } from '../rows.ts'
import { tokenize } from '../tokenize.ts'
import { partOf } from './assemble.ts'
import type { Cells } from './cells.ts'
import type { Record } from './text.ts'

/** Cells held in memory until sequences are complete. */
const most = 1_000_000

/** A sequence that is being put together, a step for every record. */
interface Series {
  /** Tokens, or the channels of each step. */
  steps: (string | (number | null)[])[]
  answers: unknown[]
  times: number[]
  /** Steps that were given away already. */
  gone: number
  readonly first: Record
  readonly tags: Tags
  line: number
}

/**
 * Records that are steps, as sequences. Groups may be mixed while they fit memory; then those that are complete are
 * given out, and one that goes on later is an error that says so.
 */
export class LongRows {
  readonly #settings: ImportSettings
  readonly #cells: Cells
  readonly #open = new Map<string, Series>()
  readonly #closed = new Set<string>()
  #held = 0

  constructor(settings: ImportSettings, cells: Cells) {
    this.#settings = settings
    this.#cells = cells
  }

  *add(record: Record): Generator<StoredRow> {
    const group = this.#cells.text('group', record)
    const series = this.#open.get(group) ?? this.#begin(group, record)
    const before = series.steps.length
    this.#step(series, record)
    series.line = record.line
    this.#held += (series.steps.length - before) * this.#cells.inputs.length
    if (this.#held > most) yield* this.#makeRoom(group, series)
    if (!this.#settings.window && series.steps.length > setLimits.steps) throw this.#tooLong(series)
  }

  *end(): Generator<StoredRow> {
    for (const series of this.#open.values()) yield* this.#rows(series, true)
    this.#open.clear()
  }

  #begin(group: string, record: Record): Series {
    if (this.#closed.has(group)) {
      const { file } = this.#cells
      const message = `${file}, line ${record.line}: the sequence "${group.slice(0, 60)}" goes on after others, and the file is too large to be sorted here.`
      throw new LabError('file-too-large', message, 'Sort the file by the sequence’s column first.', {
        file,
        line: record.line,
      })
    }
    const series: Series = {
      steps: [],
      answers: [],
      times: [],
      gone: 0,
      first: record,
      tags: this.#cells.tags(record),
      line: record.line,
    }
    this.#open.set(group, series)
    return series
  }

  #step(series: Series, record: Record): void {
    const { inputs, target, tokenizer, missing } = this.#settings
    const time = this.#cells.of('time')[0]
    const key = time && timeOf(this.#cells.text('time', record), record, this.#cells.file)
    if (inputs === 'tokens') {
      const text = this.#cells.text('input', record)
      const tokens =
        this.#settings.format === 'text'
          ? tokenize(series.steps.length && tokenizer.id === 'characters' ? `\n${text}` : text, tokenizer)
          : [text]
      for (const token of tokens) {
        if (token === '') continue
        series.steps.push(token.slice(0, setLimits.token))
        series.answers.push(target === 'every-step' ? this.#cells.text('target', record) || null : null)
        if (key !== undefined) series.times.push(key)
      }
    } else {
      const numbers = this.#cells.inputs.map(({ index, name }) =>
        this.#cells.number(record.values[index], record.line, name),
      )
      if (numbers.includes(null) && (missing === 'drop' || missing === 'refuse') && !this.#cells.fill(numbers, record))
        return
      series.steps.push(numbers)
      series.answers.push(
        this.#cells.of('target').length && (target !== 'class' || this.#settings.window)
          ? this.#cells.target(record, 'value')
          : null,
      )
      if (key !== undefined) series.times.push(key)
    }
    if (target === 'class' && this.#cells.of('target').length)
      series.answers[series.answers.length - 1] = this.#cells.target(record, 'class')
  }

  /** Gives out what is complete: other groups than the one that is read, or windows of that one. */
  *#makeRoom(group: string, current: Series): Generator<StoredRow> {
    for (const [name, series] of this.#open) {
      if (name === group) continue
      yield* this.#rows(series, true)
      this.#open.delete(name)
      this.#closed.add(name)
    }
    if (this.#settings.window) yield* this.#rows(current, false)
    this.#held = current.steps.length * this.#cells.inputs.length
    if (this.#held > most * 4) throw this.#tooLong(current)
  }

  *#rows(series: Series, isLast: boolean): Generator<StoredRow> {
    sortByTime(series, this.#cells.file)
    if (this.#settings.inputs === 'numbers') this.#fillChannels(series)
    const { window, target, inputs } = this.#settings
    if (!window) {
      const answers =
        target === 'every-step' ? series.answers : target === 'next' ? null : (series.answers.at(-1) ?? null)
      yield this.#stored(series, series.steps, answers, 0)
      return
    }
    const { size, stride, horizon } = window
    const reach = inputs === 'numbers' ? size + horizon : size
    const hasTarget = this.#cells.of('target').length > 0
    let from = 0
    for (; from + reach <= series.steps.length; from += stride) {
      const last = from + reach - 1
      const answer = hasTarget ? series.answers[last] : (series.steps[last] as (number | null)[])[0]
      yield this.#stored(
        series,
        series.steps.slice(from, from + size),
        inputs === 'numbers' ? answer : null,
        series.gone + from,
      )
    }
    if (isLast) return
    series.steps.splice(0, from)
    series.answers.splice(0, from)
    series.times.splice(0, from)
    series.gone += from
  }

  #fillChannels(series: Series): void {
    for (const k of this.#cells.inputs.keys()) {
      const channel = (series.steps as (number | null)[][]).map((step) => step[k] as number | null)
      if (!channel.includes(null)) continue
      const filled = this.#cells.fill(channel, series) ?? channel
      for (const [t, value] of filled.entries()) (series.steps[t] as (number | null)[])[k] = value
    }
  }

  #stored(series: Series, steps: Series['steps'], target: unknown, from: number): StoredRow {
    const single = this.#settings.inputs === 'numbers' && this.#cells.inputs.length === 1
    const tags = this.#settings.window ? { ...series.tags, step: String(from + 1) } : series.tags
    return {
      steps: steps.length,
      inputs: JSON.stringify(single ? steps.map((step) => step[0]) : steps),
      target: JSON.stringify(target ?? null),
      split: partOf(this.#cells.text('split', series.first)),
      tags: JSON.stringify(tags),
      note: this.#cells.text('note', series.first).slice(0, setLimits.text),
    }
  }

  #tooLong({ line }: Series): LabError {
    const { file } = this.#cells
    const message = `${file}, line ${line}: one sequence has more than ${setLimits.steps} steps.`
    return new LabError(
      'file-too-large',
      message,
      'Cut it into windows, or choose the column that tells sequences apart.',
      { file, line, limit: setLimits.steps },
    )
  }
}

/** A time as a number: itself, or a date's milliseconds. */
function timeOf(text: string, { line }: Record, file: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  const time = Number.isNaN(number) ? Date.parse(text) : number
  if (!Number.isNaN(time)) return time
  const message = `${file}, line ${line}: "${text.slice(0, 40)}" is neither a number nor a date.`
  throw new LabError('csv-not-a-number', message, 'Give the column another role than time.', {
    file,
    line,
    value: text.slice(0, 40),
  })
}

function sortByTime(series: Series, file: string): void {
  const { times } = series
  if (times.every((time, k) => k === 0 || time >= (times[k - 1] as number))) return
  if (series.gone) {
    const message = `${file}: times are out of order, and the file is too large to be sorted here.`
    throw new LabError('file-too-large', message, 'Sort the file by time first.', { file })
  }
  const order = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number))
  series.steps = order.map((k) => series.steps[k] as Series['steps'][number])
  series.answers = order.map((k) => series.answers[k])
  series.times = order.map((k) => times[k] as number)
}
