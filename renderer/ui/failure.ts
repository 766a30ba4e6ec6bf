import { isLabErrorData, type LabErrorData } from '../../shared/errors.ts'
import type { Messages } from '../i18n/en.ts'

export interface Failure {
  readonly message: string
  readonly hint: string
  /** The field of a spec the error is about, e.g. `training.learningRate`. */
  readonly field?: string
}

/** Anything thrown, in the page's language. */
export function failureOf(thrown: unknown, t: Messages): Failure {
  if (isLabErrorData(thrown)) return labFailure(thrown, t)
  return { message: t.errors.unknown, hint: thrown instanceof Error ? thrown.message : String(thrown) }
}

export function labFailure(error: LabErrorData, t: Messages): Failure {
  if (error.code === 'disconnected') return { message: t.errors.connectionLost, hint: '' }
  const field = error.details?.field
  return {
    message: t.errors.message(error),
    hint: t.errors.hint(error),
    field: field === undefined ? undefined : String(field),
  }
}
