import type { GenericSchema } from 'valibot'
import type { NumberLimits } from './fields.ts'

/** What of a valibot schema says how a number is limited. */
interface Node {
  readonly type: string
  readonly wrapped?: Node
  readonly default?: unknown
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[]
}

/**
 * A number's limits as shared/spec.ts has them, so that they are written once. Its default is what the field
 * begins with, null where there is none; where null is an answer, so is an empty field.
 */
export function limitsOf(key: string, schema: GenericSchema, more: Partial<NumberLimits> = {}): NumberLimits {
  let node = schema as unknown as Node
  let initial: number | null = null
  let optional = false
  while (node.wrapped) {
    if (node.type === 'nullable') optional = true
    if (typeof node.default === 'number') initial = node.default
    node = node.wrapped
  }
  const checks = new Map((node.pipe ?? []).map(({ type, requirement }) => [type, requirement]))
  const above = checks.get('gt_value')
  const below = checks.get('lt_value')
  return {
    key,
    min: Number(above ?? checks.get('min_value') ?? -Infinity),
    max: Number(below ?? checks.get('max_value') ?? Infinity),
    integer: checks.has('integer'),
    initial,
    ...(optional && { optional }),
    ...(above !== undefined && { above: true }),
    ...(below !== undefined && { below: true }),
    ...more,
  }
}
