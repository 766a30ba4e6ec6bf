import { LabError } from '../../../../shared/errors.ts'
import type { ImportSettings, MixedAnswers } from '../../../../shared/import.ts'
import { mixedTag } from '../../../../shared/insight.ts'
import { setLimits } from '../../../../shared/sequences.ts'
import type { StoredRow } from '../rows.ts'
import { tokenize } from '../tokenize.ts'
import { partOf } from './assemble.ts'
import type { Cells } from './cells.ts'
import { Series } from './series.ts'
import type { Record } from './text.ts'

/** Cells held in memory until sequences are complete. */
const most = 1_000_000

/**
 * Records that are steps, as sequences. Groups may be mixed while they fit memory; then those that are complete are
 * given out, and one that goes on later is an error that says so.
 */
export class LongRows {
  readonly #settings: ImportSettings
  readonly #cells: Cells
  readonly #width: number
  readonly #hasTime: boolean
  readonly #hasTarget: boolean
  readonly #open = new Map<string, Series>()
  readonly #closed = new Set<string>()
  /** Each sequence is to have one answer, which may stand in each of its rows. */
  readonly #asksOne: boolean
  readonly #noticed: (mixed: MixedAnswers) => void
  #mixed: MixedAnswers | undefined
  #held = 0

  /** `noticed` is told of sequences whose rows do not agree on the answer, as they are found. */
  constructor(settings: ImportSettings, cells: Cells, noticed: (mixed: MixedAnswers) => void = () => {}) {
    this.#settings = settings
    this.#noticed = noticed
    this.#asksOne = !settings.window && (settings.target === 'class' || settings.target === 'value')
    this.#cells = cells
    this.#width = settings.inputs === 'numbers' ? cells.inputs.length : 1
    this.#hasTime = cells.of('time').length > 0
    this.#hasTarget = cells.of('target').length > 0
  }

  /** Takes the next records; gives out what had to make room for them. */
  *add(records: Iterable<Record>): Generator<StoredRow> {
    for (const record of records) {
      const group = this.#cells.text('group', record)
      const series = this.#open.get(group) ?? this.#begin(own(group), record)
      const before = series.steps
      if (this.#settings.inputs === 'tokens') this.#addTokens(series, record)
      else this.#addNumbers(series, record)
      if (this.#asksOne && series.steps > before && series.say(series.answer(-1))) this.#notice(group, series, record)
      this.#held += (series.steps - before) * this.#width
      if (this.#held > most) yield* this.#makeRoom(group, series, record.line)
      if (!this.#settings.window && series.steps > setLimits.steps) throw this.#tooLong(record.line)
    }
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
    const tags = Object.entries(this.#cells.tags(record)).map(([name, value]) => [name, own(value)])
    const note = own(this.#cells.text('note', record).slice(0, setLimits.text))
    const facts = { split: partOf(this.#cells.text('split', record)), note, tags: Object.fromEntries(tags) }
    const series = new Series(facts, record.line, this.#width)
    this.#open.set(group, series)
    return series
  }

  #notice(group: string, { said }: Series, { line }: Record): void {
    const [before = '', says = ''] = [...(said ?? [])].map(String)
    const first = this.#mixed?.first ?? { group: own(group), line, says, before }
    this.#mixed = { sequences: (this.#mixed?.sequences ?? 0) + 1, first }
    this.#noticed(this.#mixed)
  }

  #time(record: Record): number | undefined {
    return this.#hasTime ? timeOf(this.#cells.text('time', record), record, this.#cells.file) : undefined
  }

  #addTokens(series: Series, record: Record): void {
    const { format, target, tokenizer } = this.#settings
    const text = this.#cells.text('input', record)
    const isRunning = format === 'text'
    const line = isRunning && series.steps && tokenizer.id === 'characters' ? `\n${text}` : text
    const label = own(target === 'next' ? '' : this.#cells.text('target', record).slice(0, setLimits.token)) || null
    const time = this.#time(record)
    for (const token of isRunning ? tokenize(line, tokenizer) : [text]) {
      if (token !== '') series.add([own(token.slice(0, setLimits.token))], label, time)
    }
  }

  #addNumbers(series: Series, record: Record): void {
    const { target, window, missing } = this.#settings
    const numbers = this.#cells.inputs.map(({ index, name }) =>
      this.#cells.number(record.values[index], record.line, name),
    )
    if ((missing === 'drop' || missing === 'refuse') && !this.#cells.fill(numbers, record)) return
    const kind = window ? 'value' : target === 'every-step' ? 'value' : target
    series.add(numbers, this.#hasTarget ? this.#cells.target(record, kind) : null, this.#time(record))
  }

  /** Gives out what is complete: other groups than the one that is read, or windows of that one. */
  *#makeRoom(group: string, current: Series, line: number): Generator<StoredRow> {
    for (const [name, series] of this.#open) {
      if (name === group) continue
      yield* this.#rows(series, true)
      this.#open.delete(name)
      this.#closed.add(name)
    }
    if (this.#settings.window) yield* this.#rows(current, false)
    this.#held = current.steps * this.#width
    if (this.#held > most * 4) throw this.#tooLong(line)
  }

  *#rows(series: Series, isLast: boolean): Generator<StoredRow> {
    series.sort(this.#cells.file)
    series.fillGaps((channel) => this.#cells.fill(channel, series) ?? channel)
    const { window, target, inputs } = this.#settings
    if (!window) {
      const every = target === 'every-step' ? series.answers(0, series.steps) : series.lastAnswer()
      const said = series.said ? { [mixedTag]: listed(series.said) } : {}
      yield stored(series, series.inputs(0, series.steps), target === 'next' ? null : every, said)
      return
    }
    const { size, stride, horizon } = window
    const reach = inputs === 'numbers' ? size + horizon : size
    for (; series.next + reach <= series.steps; series.next += stride) {
      const [from, to, last] = [series.next, series.next + size, series.next + reach - 1]
      const asked = target === 'every-step' && inputs === 'tokens' ? series.answers(from, to) : series.answer(last)
      const answer = inputs === 'numbers' && !this.#hasTarget ? series.value(last) : asked
      yield stored(series, series.inputs(from, to), answer, { step: String(series.gone + from + 1) })
    }
    if (!isLast) series.forget()
  }

  #tooLong(line: number): LabError {
    const { file } = this.#cells
    const message = `${file}, line ${line}: one sequence has more than ${setLimits.steps} steps.`
    const hint = 'Cut it into windows, or choose the column that tells sequences apart.'
    return new LabError('file-too-large', message, hint, { file, line, limit: setLimits.steps })
  }
}

function stored({ facts }: Series, inputs: readonly unknown[], target: unknown, more = {}): StoredRow {
  return {
    ...facts,
    steps: inputs.length,
    inputs: JSON.stringify(inputs),
    target: JSON.stringify(target ?? null),
    tags: JSON.stringify({ ...facts.tags, ...more }),
  }
}

/** Different answers as a tag has them: as many as fit. */
function listed(said: ReadonlySet<unknown>): string {
  const all = [...said]
  while (all.length > 1 && JSON.stringify(all).length > setLimits.token) all.pop()
  return JSON.stringify(all).slice(0, setLimits.token)
}

/** A text by itself: a part of another one keeps all of that in memory, here a piece of the file. */
const own = (text: string) => (text.length < 13 ? text : ` ${text}`.slice(1))

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
