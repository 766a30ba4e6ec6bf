/** A number as a form asks for it. */
export interface NumberLimits {
  readonly key: string
  readonly min: number
  readonly max: number
  readonly integer: boolean
  readonly initial: number | null
  /** Empty is an answer too (no clipping). */
  readonly optional?: boolean
  /** `min` itself is not allowed. */
  readonly above?: boolean
}

/** A field of a task, as its JSON Schema has it. */
export type TaskField =
  | ({ readonly kind: 'number' } & NumberLimits)
  | { readonly kind: 'choice'; readonly key: string; readonly options: readonly string[]; readonly initial: string }
  | { readonly kind: 'boolean'; readonly key: string; readonly initial: boolean }

interface Property {
  readonly type?: unknown
  readonly enum?: unknown
  readonly minimum?: unknown
  readonly exclusiveMinimum?: unknown
  readonly maximum?: unknown
  readonly default?: unknown
}

const numeric = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise)

function fieldOf(key: string, property: Property): TaskField[] {
  if (Array.isArray(property.enum)) {
    const options = property.enum.filter((option) => typeof option === 'string')
    const initial = options.find((option) => option === property.default) ?? options[0]
    return initial === undefined ? [] : [{ kind: 'choice', key, options, initial }]
  }
  if (property.type === 'boolean') return [{ kind: 'boolean', key, initial: property.default === true }]
  if (property.type !== 'integer' && property.type !== 'number') return []
  return [
    {
      kind: 'number',
      key,
      min: numeric(property.minimum ?? property.exclusiveMinimum, 0),
      max: numeric(property.maximum, 1_000_000),
      integer: property.type === 'integer',
      initial: typeof property.default === 'number' ? property.default : null,
      ...(property.exclusiveMinimum !== undefined && { above: true }),
    },
  ]
}

/** The fields of a task's JSON Schema, in its order; `id`, files and columns are asked for elsewhere. */
export function taskFields(schema: Readonly<Record<string, unknown>>): TaskField[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Property>>
  return Object.entries(properties).flatMap(([key, property]) => fieldOf(key, property))
}

/** Whether a task's JSON Schema asks for a text field, such as the column to forecast. */
export function asksFor(schema: Readonly<Record<string, unknown>>, key: string): boolean {
  return Object.hasOwn((schema.properties ?? {}) as object, key)
}

export function fits(limits: NumberLimits, value: number | null | undefined): boolean {
  if (value === null || value === undefined) return limits.optional ?? false
  if (!Number.isFinite(value) || value > limits.max) return false
  if (limits.above ? value <= limits.min : value < limits.min) return false
  return !limits.integer || Number.isInteger(value)
}

export const trainingFields: readonly NumberLimits[] = [
  { key: 'steps', min: 1, max: 1_000_000, integer: true, initial: 1200 },
  { key: 'batchSize', min: 1, max: 4096, integer: true, initial: 32 },
  { key: 'learningRate', min: 0, max: 10, integer: false, initial: 0.01, above: true },
  { key: 'clipNorm', min: 0, max: 1_000_000, integer: false, initial: 1, optional: true, above: true },
  { key: 'forgetBias', min: -100, max: 100, integer: false, initial: 1 },
]

export const seedField: NumberLimits = { key: 'seed', min: 0, max: 0x7fff_ffff, integer: true, initial: 1 }
export const hiddenSizeField: NumberLimits = { key: 'hiddenSize', min: 1, max: 2048, integer: true, initial: 32 }
export const layersField: NumberLimits = { key: 'layers', min: 1, max: 8, integer: true, initial: 1 }
