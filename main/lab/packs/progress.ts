/** What an installation does at the moment. */
export interface PackProgress {
  readonly stage: 'download' | 'unpack' | 'compile' | 'test'
  /** Bytes so far and in all; absent where a stage has no measure. */
  readonly done?: number
  readonly total?: number
}

export type OnProgress = (progress: PackProgress) => void
