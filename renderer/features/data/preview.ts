import type { NdArray } from '../../../shared/ndarray.ts'
import type { SequenceRow } from '../../../shared/sequences.ts'

const many = 60
/** As many as the grid draws. */
const drawnSteps = 400

/** The first numbers of a row as [steps, channels], NaN where one is missing; undefined of tokens and single numbers. */
export function seriesOf({ inputs }: Pick<SequenceRow, 'inputs'>): NdArray<Float64Array> | undefined {
  const steps = typeof inputs === 'string' ? [] : (inputs as readonly unknown[]).slice(0, drawnSteps)
  const channels = Array.isArray(steps[0]) ? steps[0].length : 1
  const values = steps.flat().map((value) => (value === null ? Number.NaN : value))
  if (values.length < 2 || !values.every((value) => typeof value === 'number')) return undefined
  return { shape: [steps.length, channels], data: Float64Array.from(values) }
}

/** A row in one line: its inputs, cut short where they are many, and its answer. */
export function rowText({ inputs, target }: SequenceRow): string {
  const list = typeof inputs === 'string' ? [inputs] : (inputs as readonly unknown[])
  const step = (value: unknown) =>
    Array.isArray(value) ? `(${value.map((each) => each ?? '?').join(', ')})` : String(value ?? '?')
  const shown = list.slice(0, many).map(step).join(' ')
  const rest = list.length > many ? ` … (${list.length})` : ''
  const answer = Array.isArray(target) ? target.slice(0, many).map(step).join(' ') : target
  return `${shown}${rest}${answer === null || answer === undefined ? '' : ` → ${answer}`}`
}
