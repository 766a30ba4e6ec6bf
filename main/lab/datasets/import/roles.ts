import type { ColumnRole, ImportSettings, Reason } from '../../../../shared/import.ts'
import { missingMark } from './cells.ts'
import { byTime, type Common, type Guess, tokenizerFor } from './guess-common.ts'
import { type Seen, seen } from './seen.ts'
import type { Record } from './text.ts'

const names: Readonly<Partial<{ [Role in ColumnRole]: RegExp }>> = {
  split: /^(split|part|set|fold|partition)$/i,
  time: /^(t|time|date|day|month|year|timestamp|step|datetime|index|时间|日期|步骤|步)$/i,
  target: /^(y|target|targets|label|labels|class|answer|output|category|sentiment|标签|类别|答案|结果)$/i,
  group: /^(id|group|series|sequence|seq|sequence_id|symbol|subject|station|name|country|序列)$/i,
  note: /^(note|notes|comment|remark|备注)$/i,
}

/** Columns without a role that are said why; a person sees no more of them. */
const explained = 60

/** A table whose columns get their roles one by one. */
class Roles {
  readonly columns: readonly string[]
  readonly records: readonly Record[]
  readonly reasons: Reason[]
  readonly #settings: Common
  readonly #all: readonly Seen[]
  readonly #found = new Map<string, ColumnRole>()

  constructor(columns: readonly string[], records: readonly Record[], settings: Common, reasons: Reason[]) {
    this.columns = columns
    this.records = records
    this.reasons = reasons
    this.#settings = settings
    this.#all = columns.map((name, index) => seen(name, index, records))
  }

  /** The column that is named as those of a role are. */
  named(role: ColumnRole): Seen | undefined {
    return this.#all.find(({ name }) => names[role]?.test(name))
  }

  /** Columns without a role. */
  free(): readonly Seen[] {
    return this.#all.filter(({ name }) => !this.#found.has(name))
  }

  give(role: ColumnRole, ...columns: readonly Seen[]): void {
    for (const { name } of columns) this.#found.set(name, role)
  }

  values({ name }: Seen): readonly string[] {
    const index = this.columns.indexOf(name)
    return this.records.map(({ values }) => String(values[index]))
  }

  done(
    rest: Pick<ImportSettings, 'layout' | 'inputs' | 'target'> & Partial<ImportSettings>,
    key: string,
    values: Reason['values'],
  ): Guess {
    const columns = this.columns.map((name) => ({ name, role: this.#found.get(name) ?? ('ignore' as const) }))
    const isMissing = this.records.some((record) =>
      columns.some(({ role }, k) => role === 'input' && missingMark.test(String(record.values[k] ?? '').trim())),
    )
    const filled = rest.inputs === 'numbers' && isMissing ? { missing: 'interpolate' as const } : {}
    const isSplit = columns.some(({ role }) => role === 'split')
    return {
      settings: { ...this.#settings, columns, ...filled, ...rest, ...(isSplit && { split: null }) },
      reasons: [...this.reasons, { about: 'layout', key, ...(values && { values }) }, ...this.#unused(key)],
    }
  }

  /** Why each column without a role has none, by the rule that passed it over. */
  #unused(layout: string): Reason[] {
    const key = ({ size, numeric }: Seen) =>
      size === 0 ? 'empty' : layout === 'lists' ? 'beside-list' : numeric ? 'named-answer' : 'texts'
    const unused = this.free().slice(0, explained)
    return unused.map((column) => ({ about: 'unused', key: key(column), values: { column: column.name } }))
  }
}

/** What the columns of records are for, and how they make sequences. */
export function guessRoles(...given: ConstructorParameters<typeof Roles>): Guess {
  const table = new Roles(...given)
  for (const role of ['split', 'note'] as const) {
    const column = table.named(role)
    if (column && !column.list) table.give(role, column)
  }
  return lists(table) ?? sentences(table) ?? columnsAsSteps(table) ?? rowsAsSteps(table)
}

/** A column of lists: each is a sequence. */
function lists(table: Roles): Guess | undefined {
  const all = table.free().filter(({ list }) => list)
  const input = all.find(({ name }) => !names.target?.test(name)) ?? all[0]
  if (!input) return undefined
  table.give('input', input)
  const named = table.named('target')
  const target = named?.name === input.name ? undefined : named
  if (target) table.give('target', target)
  const single = target?.numeric && input.numbers ? 'value' : 'class'
  const asked = !target ? 'next' : target.list ? 'every-step' : single
  const inputs = input.numbers ? 'numbers' : 'tokens'
  return table.done({ layout: 'wide', inputs, target: asked }, 'lists', { column: input.name })
}

/** A column of texts longer than a label: each is a sentence of its own. */
function sentences(table: Roles): Guess | undefined {
  const { records } = table
  const text = table
    .free()
    .filter(({ numeric, size }) => !numeric && size > 8)
    .sort((a, b) => b.distinct * b.size - a.distinct * a.size)[0]
  const isOther = (name: string) => names.time?.test(name) || names.group?.test(name)
  if (!text || text.distinct <= records.length / 2 || isOther(text.name)) return undefined
  table.give('input', text)
  const isLabel = ({ distinct, size }: Seen) => size < 30 && distinct <= Math.max(2, records.length / 4)
  const target = table.named('target') ?? table.free().find(isLabel)
  if (target) table.give('target', target)
  table.give('tag', ...table.free())
  const tokenizer = tokenizerFor(table.values(text).join(' ').slice(0, 20_000), table.reasons)
  const asked = target ? 'class' : 'next'
  return table.done({ layout: 'wide', inputs: 'tokens', target: asked, tokenizer }, 'sentences', { column: text.name })
}

/** Many numbered columns of numbers: a row is a sequence, a column a step. */
function columnsAsSteps(table: Roles): Guess | undefined {
  const isNumbered = ({ numeric, name }: Seen) => numeric && /(^|[^a-z])[a-z_ ]{0,6}\d+$/i.test(name)
  const steps = table.free().filter(isNumbered)
  if (steps.length < 8 || steps.length * 2 <= table.columns.length) return undefined
  table.give('input', ...steps)
  const target = table.named('target')
  if (target) table.give('target', target)
  table.give('tag', ...table.free())
  const asked = !target ? 'next' : target.numeric && target.distinct > 12 ? 'value' : 'class'
  const values = { columns: steps.length }
  return table.done({ layout: 'wide', inputs: 'numbers', target: asked }, 'columns-are-steps', values)
}

/** Anything else: a row is a step, of a sequence for each group where there are several. */
function rowsAsSteps(table: Roles): Guess {
  const { records } = table
  const target = table.named('target')
  const time = table.named('time')
  if (time) table.give('time', time)
  // Where time only ever goes on, there is one series, whatever else repeats.
  const times = time ? table.values(time) : []
  const goesOn = times.length > 1 && times.every((text, k) => k === 0 || compareTimes(times[k - 1] as string, text) < 0)
  const isGroup = ({ numeric, distinct, repeats }: Seen) =>
    !goesOn && !numeric && distinct < records.length && repeats > 0.3
  const isNamedGroup = ({ name, distinct }: Seen) => names.group?.test(name) && distinct < records.length
  const group = table.free().find(isNamedGroup) ?? table.free().find(isGroup)
  if (group) table.give('group', group)
  const measured = table.free().filter(({ numeric, name }) => numeric && !names.target?.test(name))
  table.give('input', ...measured)
  const answer = target && table.free().includes(target) ? target : undefined
  if (answer) table.give('target', answer)
  const asked = !answer ? 'next' : answer.numeric ? 'every-step' : 'class'
  // A few long series are learnt from as windows of them, many short ones as they are.
  const isFew = !group || group.distinct < 30
  const perSeries = records.length / (group?.distinct ?? 1)
  const window = { size: Math.max(2, Math.min(24, Math.floor(perSeries / 3))), stride: 1, horizon: 1 }
  const windows = isFew && asked !== 'class' ? { window, split: group ? { ...byTime, tag: 'step' } : byTime } : {}
  const settings = { layout: 'long', inputs: 'numbers', target: asked, ...windows } as const
  if (group) return table.done(settings, 'groups', { column: group.name, groups: group.distinct })
  return table.done(settings, 'one-series', { columns: measured.length })
}

function compareTimes(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  return Number.isNaN(x) || Number.isNaN(y) ? Date.parse(a) - Date.parse(b) : x - y
}
