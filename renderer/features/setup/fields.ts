import { CellSpec, RunSpec, ScheduleSpec, TrainingSpec } from '../../../shared/spec.ts'
import { limitsOf } from './limits.ts'

/** A number as a form asks for it. */
export interface NumberLimits {
  readonly key: string
  readonly min: number
  readonly max: number
  readonly integer: boolean
  readonly initial: number | null
  /** Empty is an answer too: no clipping, or the default. */
  readonly optional?: boolean
  /** `min` itself is not allowed. */
  readonly above?: boolean
  /** `max` itself is not allowed. */
  readonly below?: boolean
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

/**
 * Whether a refused field, `training.schedule.gamma`, is the one shown for a path, `training.gamma`: what stands
 * between is not asked for by name, and what comes after is inside.
 */
export function isAbout(field: string | undefined, path: string): boolean {
  if (field === undefined) return false
  const parts = field.split('.')
  const wanted = path.split('.')
  return parts[0] === wanted[0] && wanted.every((part) => parts.includes(part))
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
  if (!Number.isFinite(value)) return false
  if (limits.below ? value >= limits.max : value > limits.max) return false
  if (limits.above ? value <= limits.min : value < limits.min) return false
  return !limits.integer || Number.isInteger(value)
}

const { entries: training } = TrainingSpec
const { entries: cell } = CellSpec

/** What is asked for at once; the rest is one click deeper. */
export const trainingFields: readonly NumberLimits[] = [
  limitsOf('steps', training.steps),
  limitsOf('batchSize', training.batchSize),
  limitsOf('learningRate', training.learningRate),
]
export const clipFields: readonly NumberLimits[] = [
  limitsOf('clipNorm', training.clipNorm),
  limitsOf('clipValue', training.clipValue),
]
export const seedField = limitsOf('seed', RunSpec.entries.seed)
export const forgetBiasField = limitsOf('forgetBias', training.forgetBias)
export const hiddenSizeField = limitsOf('hiddenSize', cell.hiddenSize, { initial: 32 })
export const layersField = limitsOf('layers', cell.layers)
export const inits: readonly string[] = training.init.wrapped.options
export const activations: readonly string[] = cell.activation.wrapped.options

/** Limits of an optimiser's settings, as far as they are numbers; the optimisers say which they read. */
export const settingFields: Readonly<Record<string, NumberLimits>> = Object.fromEntries(
  (['momentum', 'alpha', 'beta1', 'beta2', 'eps', 'weightDecay'] as const).map((key) => [
    key,
    limitsOf(key, training[key]),
  ]),
)

export type ScheduleId = ScheduleSpec['id']

const [constant, step, exponential, cosine] = ScheduleSpec.options
const warmup = constant.entries.warmup.wrapped.entries
/** What each schedule asks for; where the spec has no default, one that suits a run of some thousand steps. */
export const scheduleFields: Readonly<Record<ScheduleId, readonly NumberLimits[]>> = {
  constant: [],
  step: [limitsOf('stepSize', step.entries.stepSize, { initial: 500 }), limitsOf('gamma', step.entries.gamma)],
  exponential: [limitsOf('gamma', exponential.entries.gamma, { initial: 0.999 })],
  cosine: [limitsOf('tMax', cosine.entries.tMax, { optional: true }), limitsOf('etaMin', cosine.entries.etaMin)],
}
export const warmupFields: readonly NumberLimits[] = [
  limitsOf('totalIters', warmup.totalIters, { initial: 100 }),
  limitsOf('startFactor', warmup.startFactor, { initial: null, optional: true }),
]
