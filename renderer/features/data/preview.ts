import type { SequenceRow } from '../../../shared/sequences.ts'

const many = 60

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
