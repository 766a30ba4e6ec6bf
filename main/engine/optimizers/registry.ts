import { LabError } from '../../../shared/errors.ts'
import type { TrainingSpec } from '../../../shared/spec.ts'
import { adam } from './adam.ts'
import { adamw } from './adamw.ts'
import { momentum } from './momentum.ts'
import type { Optimizer, Settings } from './optimizer.ts'
import { rmsprop } from './rmsprop.ts'
import { sgd } from './sgd.ts'

/** Every optimiser the lab knows. A new one is a file beside these and a line here. */
export const optimizers: readonly Optimizer[] = [sgd, momentum, rmsprop, adam, adamw]

/** Throws `spec-invalid` for an id that is not in the registry. */
export function optimizerById(id: string): Optimizer {
  const optimizer = optimizers.find((candidate) => candidate.id === id)
  if (optimizer) return optimizer
  const known = optimizers.map((candidate) => candidate.id).join(', ')
  const details = { field: 'training.optimizer', value: id }
  throw new LabError(
    'spec-invalid',
    `training.optimizer: there is no optimizer "${id}".`,
    `Use one of: ${known}.`,
    details,
  )
}

const settingNames = [...new Set(optimizers.flatMap(({ defaults }) => Object.keys(defaults)))] as (keyof Settings)[]

/**
 * The settings that the chosen optimiser reads, its defaults where none are given. Throws `spec-invalid`
 * for one that is given and not read, or that another one makes ineffective: it would look as if it mattered.
 */
export function settingsOf(training: TrainingSpec): Partial<Settings> {
  const { id, defaults } = optimizerById(training.optimizer)
  const read = Object.keys(defaults)
  const given = settingNames.filter((name) => training[name] !== undefined)
  const unread = given.find((name) => !read.includes(name))
  if (unread) {
    const field = `training.${unread}`
    const message = `"${field}" is not read by the optimizer "${id}".`
    const hint = `Remove it. ${read.length ? `"${id}" reads: ${read.join(', ')}.` : `"${id}" reads learningRate alone.`}`
    throw new LabError('spec-invalid', message, hint, { field, value: String(training[unread]) })
  }
  const settings: Partial<Settings> = {
    ...defaults,
    ...Object.fromEntries(given.map((name) => [name, training[name]])),
  }
  if (settings.nesterov && settings.momentum === 0) {
    const message = '"training.nesterov" looks ahead along a momentum of 0, which changes nothing.'
    const hint = 'Set training.momentum above 0, or training.nesterov to false.'
    throw new LabError('spec-invalid', message, hint, { field: 'training.nesterov', value: 'true' })
  }
  return settings
}
