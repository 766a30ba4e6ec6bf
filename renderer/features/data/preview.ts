import type { NdArray } from '../../../shared/ndarray.ts'
import type { SequenceRow } from '../../../shared/sequences.ts'

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

/** A row in one line: as much of its inputs as there is room for, and its answer, which is never cut off with them. */
export function rowText({ inputs, target }: SequenceRow, room = 120): string {
  const list = typeof inputs === 'string' ? [inputs] : (inputs as readonly unknown[])
  const answer = Array.isArray(target) ? cut(target, room / 2) : target
  return `${cut(list, room)}${answer === null || answer === undefined ? '' : ` → ${answer}`}`
}

/** The first of a row's steps, as many as fit, and how many there are. */
function cut(list: readonly unknown[], room: number): string {
  let text = ''
  for (const [k, value] of list.entries()) {
    if (k > 0 && text.length > room) return `${text} … (${list.length})`
    text += `${k ? ' ' : ''}${stepText(value)}`
  }
  return text
}

const stepText = (value: unknown) =>
  Array.isArray(value) ? `(${value.map((each) => each ?? '?').join(', ')})` : String(value ?? '?')
