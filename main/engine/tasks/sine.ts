import * as v from 'valibot'
import type { Task } from './task.ts'
import { type Wave, waveFields, waveTask } from './waves.ts'

/** The next value of a sine, at every step: what a network reads is the period and the phase. */
export const sine: Task<Wave & { id: 'sine' }> = {
  id: 'sine',
  needs: 'nothing',
  schema: v.strictObject({ id: v.literal('sine'), ...waveFields }),
  create: (spec, _source, seed) => waveTask('sine', spec, 0, seed),
}
