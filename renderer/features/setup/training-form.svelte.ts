import type { OptimizerInfo } from '../../../shared/contract.ts'
import type { RunSpecInput } from '../../../shared/spec.ts'
import {
  clipFields,
  fits,
  type NumberLimits,
  type ScheduleId,
  scheduleFields,
  settingFields,
  trainingFields,
  warmupFields,
} from './fields.ts'

export type TrainingInput = NonNullable<RunSpecInput['training']>

const everyField = [
  ...trainingFields,
  ...clipFields,
  ...Object.values(settingFields),
  ...Object.values(scheduleFields).flat(),
  ...warmupFields,
]

/** How it is trained, as a form holds it: only what the chosen optimiser and schedule read is asked for and sent. */
export class TrainingForm {
  readonly optimizers: readonly OptimizerInfo[]
  optimizer = $state('adam')
  schedule = $state<ScheduleId>('constant')
  warmup = $state(false)
  nesterov = $state(false)
  numbers = $state<Record<string, number | null>>({})

  constructor(optimizers: readonly OptimizerInfo[]) {
    this.optimizers = optimizers
    this.load({})
  }

  /** Fills in a spec's settings, defaults elsewhere. */
  load(training: TrainingInput): void {
    for (const { key, initial } of everyField) this.numbers[key] = initial
    this.chooseOptimizer(training.optimizer ?? 'adam')
    const { schedule } = training
    this.chooseSchedule(schedule?.id ?? 'constant')
    this.warmup = schedule?.warmup !== undefined
    const given: Readonly<Record<string, unknown>> = { ...training, ...schedule, ...schedule?.warmup }
    for (const { key, optional } of this.fields) {
      const value = given[key]
      if (typeof value === 'number' || (optional && value === null)) this.numbers[key] = value as number | null
    }
    this.nesterov = training.nesterov ?? this.nesterov
  }

  /** With another optimiser its own defaults come, and the settings of the one before go. */
  chooseOptimizer(id: string): void {
    this.optimizer = id
    for (const [key, value] of Object.entries(this.#defaults)) {
      if (typeof value === 'number') this.numbers[key] = value
    }
    this.nesterov = this.#defaults.nesterov === true
  }

  chooseSchedule(id: ScheduleId): void {
    this.schedule = id
    for (const { key, initial } of scheduleFields[id]) this.numbers[key] = initial
  }

  get #defaults(): OptimizerInfo['defaults'] {
    return this.optimizers.find(({ id }) => id === this.optimizer)?.defaults ?? {}
  }

  get settings(): readonly NumberLimits[] {
    return Object.keys(this.#defaults).flatMap((key) => settingFields[key] ?? [])
  }

  get readsNesterov(): boolean {
    return 'nesterov' in this.#defaults
  }

  get schedules(): readonly NumberLimits[] {
    return scheduleFields[this.schedule]
  }

  /** Those behind the disclosure that are asked for now. */
  get deeper(): readonly NumberLimits[] {
    return [...this.settings, ...this.schedules, ...(this.warmup ? warmupFields : []), ...clipFields]
  }

  get fields(): readonly NumberLimits[] {
    return [...trainingFields, ...this.deeper]
  }

  faultsOf(fields: readonly NumberLimits[]): number {
    return fields.filter((limits) => !fits(limits, this.numbers[limits.key])).length
  }

  spec(): TrainingInput {
    const pick = (fields: readonly NumberLimits[]) =>
      Object.fromEntries(fields.map(({ key }) => [key, this.numbers[key] ?? null]))
    // An optional number of a schedule that is left empty is left out.
    const given = (fields: readonly NumberLimits[]) =>
      Object.fromEntries(Object.entries(pick(fields)).filter(([, value]) => value !== null))
    return {
      ...pick([...trainingFields, ...clipFields]),
      optimizer: this.optimizer,
      ...pick(this.settings),
      ...(this.readsNesterov && { nesterov: this.nesterov }),
      schedule: {
        id: this.schedule,
        ...given(this.schedules),
        ...(this.warmup && { warmup: given(warmupFields) }),
      } as TrainingInput['schedule'],
    }
  }
}
