import { isLabErrorData, type LabErrorData } from '../../shared/errors.ts'
import type { Messages } from '../i18n/en.ts'

export interface Failure {
  readonly message: string
  readonly hint: string
  /** The field of a spec the error is about, e.g. `training.learningRate`. */
  readonly field?: string
}

/** What the page itself refuses, in its own language. */
export class Refusal implements Failure {
  readonly message: string
  readonly hint: string

  constructor(message: string, hint = '') {
    this.message = message
    this.hint = hint
  }
}

/** Fields of a spec by their paths: `task.maxDistance`, `cells.0.hiddenSize`. */
const paths = /"?\b(?:task|training|cells)(?:\.\w+)+"?/g

/** The same text with the names that forms give fields in place of their paths. */
export function withNames(text: string, t: Messages): string {
  return text.replace(paths, (path) => {
    const key = /(\w+)"?$/.exec(path)?.[1] ?? ''
    const own = Object.values(t.taskFields).find((fields) => Object.hasOwn(fields, key))?.[key]
    const name = t.setup.fields[key] ?? own?.name
    return name === undefined ? path : `“${name}”`
  })
}

/** Anything thrown, in the page's language. */
export function failureOf(thrown: unknown, t: Messages): Failure {
  if (thrown instanceof Refusal) return thrown
  if (isLabErrorData(thrown)) return labFailure(thrown, t)
  return { message: t.errors.unknown, hint: thrown instanceof Error ? thrown.message : String(thrown) }
}

export function labFailure(error: LabErrorData, t: Messages): Failure {
  if (error.code === 'disconnected') return { message: t.errors.connectionLost, hint: '' }
  const field = error.details?.field
  return {
    message: withNames(t.errors.message(error), t),
    hint: withNames(t.errors.hint(error), t),
    field: field === undefined ? undefined : String(field),
  }
}
