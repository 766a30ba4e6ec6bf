import fc from 'fast-check'

/**
 * The properties draw the same cases in every run, so that what a commit's checks say depends on the commit alone.
 * To look for new failures, `UNROLL_SEED=any` draws others, and `UNROLL_SEED=N` draws those of seed N.
 */
const { UNROLL_SEED = '1' } = process.env
const seed = UNROLL_SEED === 'any' ? Date.now() % 2 ** 31 : Number(UNROLL_SEED)
if (!Number.isInteger(seed)) throw new Error(`UNROLL_SEED is ${UNROLL_SEED}: give a whole number, or "any".`)
fc.configureGlobal({ seed })
