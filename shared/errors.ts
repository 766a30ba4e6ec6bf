/**
 * Every error a person can meet, in one place. The page translates by code; `message` and `hint`
 * are the English text for the command line and for logs. `details` carries what a translation
 * needs to fill its sentence (file, line, field, value).
 */
export const errorCodes = [
  'usage', // a command line that cannot be understood
  'spec-invalid', // RUN.json or a form: field, value, limit
  'file-missing',
  'file-empty',
  'file-binary',
  'file-encoding', // neither UTF-8 nor GB18030
  'file-too-large',
  'text-too-short', // fewer characters than the window
  'csv-no-column',
  'csv-ragged', // a row with another number of fields
  'csv-not-a-number',
  'csv-too-short', // fewer rows than the window
  'csv-no-header',
  'row-invalid', // a row or a cell that does not fit its dataset
  'rows-fixed', // an edit of rows that are drawn, or of a version
  'set-incomplete', // a dataset that cannot be trained on yet: a part without a usable row
  'name-taken',
  'model-invalid', // a model that a format cannot hold, or whose two files do not fit it or each other
  'batch-invalid', // B.npz does not fit the model
  'format-invalid', // a damaged npz, npy or safetensors file
  'not-found', // an experiment, dataset or run that is not (or no longer) there
  'busy', // the action does not fit the experiment's present state
  'engine-died',
  'engine-unavailable',
  'out-of-memory', // the engine's, or its device's
  'loss-not-finite',
  'workspace-invalid', // the folder cannot be used (not writable, made by a newer version)
  'workspace-in-use',
  'disk-full',
  'read-only', // what has to be written to cannot be
  'disconnected', // the lab at the other end of the wire is gone
  'message-invalid', // a message that does not fit the contract
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

export interface LabErrorData {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
  readonly details?: Readonly<Record<string, string | number>>
}

/** An error that says what was wrong, where, and what to do. Crosses boundaries as LabErrorData. */
export class LabError extends Error implements LabErrorData {
  override readonly name = 'LabError'
  readonly code: ErrorCode
  readonly hint: string
  readonly details?: Readonly<Record<string, string | number>>

  constructor(code: ErrorCode, message: string, hint: string, details?: Readonly<Record<string, string | number>>) {
    super(message)
    this.code = code
    this.hint = hint
    if (details) this.details = details
  }

  /** The error that data which crossed a boundary is of. */
  static from({ code, message, hint, details }: LabErrorData): LabError {
    return new LabError(code, message, hint, details)
  }

  toJSON(): LabErrorData {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details && { details: this.details }),
    }
  }
}

export function isLabErrorData(value: unknown): value is LabErrorData {
  return (
    typeof value === 'object' &&
    value !== null &&
    errorCodes.includes((value as LabErrorData).code) &&
    typeof (value as LabErrorData).message === 'string' &&
    typeof (value as LabErrorData).hint === 'string'
  )
}

/** How TensorFlow (status 8), our layers on it, JavaScript and WebAssembly say that there is no memory left. */
const noMemory =
  /Invalid TF_Status: 8\b|OOM when allocating|allocation failed|could not allocate memory|^out of memory/i

/** How the file system (by name) and SQLite (by number) say that nothing more can be written. */
const unwritable: readonly { says: (code: unknown, sqlite: number) => boolean; data: LabErrorData }[] = [
  {
    says: (code, sqlite) => code === 'ENOSPC' || code === 'EDQUOT' || sqlite === 13,
    data: {
      code: 'disk-full',
      message: 'The disk is full: this could not be kept.',
      hint: 'Free some space, then do it again. All that was kept before is as it was.',
    },
  },
  {
    says: (code, sqlite) => code === 'EROFS' || sqlite === 8,
    data: {
      code: 'read-only',
      message: 'The workspace’s disk is read-only: this could not be kept.',
      hint: 'Make it writable, or choose another folder with --workspace. All that was kept before is as it was.',
    },
  },
]

/** Anything thrown, as data; an error that is not ours becomes `internal` with its own message. */
export function errorData(thrown: unknown): LabErrorData {
  if (thrown instanceof LabError) return thrown.toJSON()
  if (isLabErrorData(thrown)) return { ...thrown }
  const { code, errcode } = (thrown ?? {}) as { code?: unknown; errcode?: unknown }
  // The lower byte of an SQLite error says what it is, the rest how it came.
  const refused = unwritable.find(({ says }) => says(code, Number(errcode) & 0xff))
  if (refused) return { ...refused.data }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (noMemory.test(message)) {
    const reason = message.replace(/^Invalid TF_Status: 8\s*(Message: )?/, '').split('\n')[0]
    return {
      code: 'out-of-memory',
      message: `There is not enough memory: ${reason}`,
      hint: 'Close other programs, then go on from the last checkpoint; or choose a smaller batch, fewer units, shorter sequences.',
    }
  }
  return {
    code: 'internal',
    message,
    hint: 'This is a defect of Unroll. Please report it with the steps that led here.',
  }
}
