/** Rows that a run aims at: flow for what a screen can show, validation for a smooth curve. */
const aims = { flow: 400, validation: 60 } as const

/**
 * Whether update `step` of a run that is planned for `steps` measures its flow or its validation scores:
 * the first, the last, and others evenly between.
 */
export function isDue(what: keyof typeof aims, step: number, steps: number): boolean {
  return step === 1 || step === steps || step % Math.max(1, Math.floor(steps / aims[what])) === 0
}
