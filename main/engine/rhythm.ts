/** Rows that a run aims at: flow for what a screen can show, validation for a smooth curve. */
const aims = { flow: 400, validation: 60 } as const

/** States over training that a run aims to keep, so that they can be looked into afterwards. */
const moments = 60

/**
 * Whether the state after `step` updates of a run that is planned for `steps` is kept: the first, the planned
 * last, and others evenly between; of a run that is extended, ever rarer ones, as many for each doubling.
 */
export function isMoment(step: number, steps: number): boolean {
  const stride = Math.max(1, Math.ceil(steps / moments))
  const doublings = Math.max(0, Math.floor(Math.log2(step / (stride * moments))))
  return step === 0 || step === steps || step % (stride * 2 ** doublings) === 0
}

/**
 * Whether update `step` of a run that is planned for `steps` measures its flow or its validation scores:
 * the first, the last, and others evenly between.
 */
export function isDue(what: keyof typeof aims, step: number, steps: number): boolean {
  return step === 1 || step === steps || step % Math.max(1, Math.floor(steps / aims[what])) === 0
}
