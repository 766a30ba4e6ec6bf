import * as v from 'valibot'
import type { Task } from './task.ts'
import { type Wave, waveFields, waveTask } from './waves.ts'

/**
 * The next value of a sine under noise, at every step: the last value alone misleads, and more of the
 * past has to be weighed. No answer can do better than the noise floor.
 */
export const noisySine: Task<Wave & { id: 'noisy-sine'; noise: number }> = {
  id: 'noisy-sine',
  needs: 'nothing',
  schema: v.strictObject({
    id: v.literal('noisy-sine'),
    ...waveFields,
    noise: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(2)), 0.3),
  }),
  create: (spec, _source, seed) => waveTask('noisy-sine', spec, spec.noise, seed),
}
