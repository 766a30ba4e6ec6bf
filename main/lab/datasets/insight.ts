import { createHash } from 'node:crypto'
import { answersSaid, type Insight, mixedTag, type Problem, type TagInsight } from '../../../shared/insight.ts'
import type { Part, RowFault, SetHeader, Tags } from '../../../shared/sequences.ts'
import type { PlacedRow } from './change.ts'
import { fixesOf } from './fixes.ts'

/** Problems that are listed; all are counted. */
const listed = 200
const listedTokens = 300
const listedTags = 16
const listedValues = 1000
const wholeNumber = /^-?\d{1,9}$/
/** Standard deviations from the mean of the training rows. */
const farOut = 8

export type JudgedRow = PlacedRow & { readonly id: number; readonly fault: RowFault | null }

interface Moments {
  n: number
  sum: number
  squares: number
}

/**
 * Looks at every row of a dataset: lengths, labels, tokens, and what may be wrong. Rows are handed in one by one, in
 * their order, so that others get their turn in between; numbers out of range need a second round.
 */
export class Looker {
  readonly #header: SetHeader
  readonly #lengths = new Map<number, number>()
  readonly #tags = new Map<string, Map<string, number>>()
  readonly #labels = new Map<string, Record<Part, number>>()
  readonly #tokens = new Map<string, number>()
  readonly #seen = new Map<string, { id: number; number: number; split: Part }>()
  readonly #moments: Moments[] = []
  readonly #problems: Problem[] = []
  readonly #counts: Partial<Record<Problem['kind'], number>> = {}
  #rows = 0

  constructor(header: SetHeader) {
    this.#header = header
  }

  look(row: JudgedRow): void {
    this.#rows++
    this.#lengths.set(row.steps, (this.#lengths.get(row.steps) ?? 0) + 1)
    const inputs = JSON.parse(row.inputs) as unknown[]
    if (this.#header.inputs === 'tokens')
      for (const token of inputs as string[]) this.#tokens.set(token, (this.#tokens.get(token) ?? 0) + 1)
    else if (row.split === 'train') this.#measure(inputs)
    this.#countLabels(row)
    if (row.tags !== '{}') this.#lookAtTags(row, JSON.parse(row.tags) as Tags)
    if (row.fault) this.#report(row.fault, row, inputs)
    else if (row.steps > 0) this.#compare(row)
  }

  /** The second round: what is far from what was measured in the first. */
  lookAgain(row: JudgedRow, number: number): void {
    const median = this.#median()
    if (row.steps > 10 && row.steps > 5 * median) this.#add('far-off', row, number, { value: String(row.steps) })
    if (this.#header.inputs === 'tokens') return
    const inputs = JSON.parse(row.inputs) as (number | null | (number | null)[])[]
    for (const [t, step] of inputs.entries()) {
      const values = Array.isArray(step) ? step : [step]
      const out = values.find((value, d) => value !== null && this.#isOut(value, d))
      if (out === undefined || out === null) continue
      this.#add('outlier', row, number, { step: t + 1, value: String(out) })
      return
    }
  }

  result(revision: number): Insight {
    const labels = [...this.#labels].map(([label, rows]) => ({ label, rows }))
    const total = ({ rows }: (typeof labels)[number]) => rows.train + rows.validation + rows.test
    labels.sort((a, b) => total(b) - total(a))
    const most = labels[0] ? total(labels[0]) : 0
    const steps = [...this.#lengths].reduce((sum, [length, rows]) => sum + length * rows, 0)
    return {
      revision,
      lengths: [...this.#lengths].sort(([a], [b]) => a - b),
      meanLength: this.#rows ? steps / this.#rows : 0,
      labels: labels.slice(0, listed),
      tags: [...this.#tags].map(([name, values]) => tagOf(name, values)),
      tokens: [...this.#tokens].sort(([, a], [, b]) => b - a).slice(0, listedTokens),
      distinct: this.#tokens.size,
      unlearnable: labels.filter(({ rows }) => rows.train === 0).map(({ label }) => label),
      rare: labels.filter((label) => total(label) * 10 < most).map(({ label }) => label),
      problems: this.#problems,
      counts: this.#counts,
    }
  }

  #measure(inputs: readonly unknown[]): void {
    for (const step of inputs as (number | null | (number | null)[])[]) {
      for (const [d, value] of (Array.isArray(step) ? step : [step]).entries()) {
        if (value === null) continue
        this.#moments[d] ??= { n: 0, sum: 0, squares: 0 }
        const moments = this.#moments[d]
        moments.n++
        moments.sum += value
        moments.squares += value * value
      }
    }
  }

  #isOut(value: number, d: number): boolean {
    const { n, sum, squares } = this.#moments[d] ?? { n: 0, sum: 0, squares: 0 }
    if (n < 20) return false
    const mean = sum / n
    const deviation = Math.sqrt(Math.max(0, squares / n - mean * mean))
    return deviation > 0 && Math.abs(value - mean) > farOut * deviation
  }

  #median(): number {
    let left = this.#rows / 2
    for (const [length, rows] of [...this.#lengths].sort(([a], [b]) => a - b)) {
      left -= rows
      if (left <= 0) return length
    }
    return 0
  }

  #lookAtTags(row: JudgedRow, { [mixedTag]: given, ...facts }: Tags): void {
    const said = answersSaid(given)
    if (said.length > 1) this.#add('mixed-answers', row, this.#rows, { value: said.join(', ') })
    const tags = said.length > 1 || given === undefined ? facts : { ...facts, [mixedTag]: given }
    for (const [name, value] of Object.entries(tags)) {
      const values = this.#tags.get(name) ?? new Map<string, number>()
      if (!this.#tags.has(name) && this.#tags.size < listedTags) this.#tags.set(name, values)
      values.set(value, (values.get(value) ?? 0) + 1)
    }
  }

  #countLabels({ target, split }: JudgedRow): void {
    const { target: asks, inputs } = this.#header
    if (asks !== 'class' && !(asks === 'every-step' && inputs === 'tokens')) return
    const given = JSON.parse(target) as string | null | (string | null)[]
    for (const label of Array.isArray(given) ? given : [given]) {
      if (label === null) continue
      const rows = this.#labels.get(label) ?? { train: 0, validation: 0, test: 0 }
      rows[split]++
      this.#labels.set(label, rows)
    }
  }

  /** The same inputs again: in another part the answer leaks, in the same one they count twice. */
  #compare(row: JudgedRow): void {
    const key = row.inputs.length > 100 ? createHash('sha1').update(row.inputs).digest('base64') : row.inputs
    const before = this.#seen.get(key)
    if (!before) {
      this.#seen.set(key, { id: row.id, number: this.#rows, split: row.split })
      return
    }
    const kind = before.split === row.split ? 'repeated' : 'leak'
    this.#add(kind, row, this.#rows, { value: String(before.number) })
  }

  #report(fault: RowFault, row: JudgedRow, inputs: readonly unknown[]): void {
    const known = this.#header.inputs === 'tokens' ? this.#header.vocabulary : null
    if (fault === 'unknown-token') {
      const vocabulary = new Set(known)
      const at = inputs.findIndex((token) => !vocabulary.has(token as string))
      this.#add(fault, row, this.#rows, { step: at + 1, value: String(inputs[at]) })
    } else if (fault === 'missing-value') {
      const at = inputs.findIndex((step) => step === null || (Array.isArray(step) && step.includes(null)))
      this.#add(fault, row, this.#rows, at < 0 ? {} : { step: at + 1 })
    } else if (fault === 'unknown-class') this.#add(fault, row, this.#rows, { value: String(JSON.parse(row.target)) })
    else this.#add(fault, row, this.#rows, {})
  }

  #add(kind: Problem['kind'], row: JudgedRow, number: number, at: Pick<Problem, 'step' | 'value'>): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1
    if (this.#problems.length >= listed) return
    this.#problems.push({ kind, id: row.id, number, ...at, fixes: fixesOf(this.#header, kind, row, at) })
  }
}

function tagOf(name: string, counts: ReadonlyMap<string, number>): TagInsight {
  const values = [...counts].sort(([, a], [, b]) => b - a)
  const isWhole = counts.size <= listedValues && values.every(([value]) => wholeNumber.test(value))
  if (isWhole) values.sort(([a], [b]) => Number(a) - Number(b))
  return { name, isWhole, values: values.slice(0, listedValues), distinct: counts.size }
}
