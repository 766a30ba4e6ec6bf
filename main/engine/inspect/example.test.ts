import { beforeAll, describe, expect, test } from 'vitest'
import { wasm } from '../backends/wasm.ts'
import type { Compute } from '../layers/layer.ts'
import { lengthsOf } from '../sequence.ts'
import type { Session } from '../session.ts'
import { scoredExamples } from '../tasks/task.ts'
import { answer } from '../train.ts'
import { inspectExample } from './example.ts'
import { openSmall, smallTasks } from './small-session.ts'
import type { Subject } from './subject.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

const at = async (session: Session, index: number) =>
  inspectExample(await session.subject(), { examples: 'test', index, jacobians: false })

describe.each(smallTasks)('an example of %s %j', (id, task) => {
  test('is as long as it is, with shared weights and with weights of its own for each step', async () => {
    const cells = [{ cell: 'lstm', layers: 2 }, { weights: 'per-step' }] as const
    const session = openSmall(compute, id, task, cells)
    const lengths = lengthsOf(session.task.heldOut('test', scoredExamples.test))
    const wanted = [0, 1, lengths.indexOf(Math.min(...lengths)), lengths.length - 1]
    for (const index of new Set(wanted)) {
      const length = lengths[index] as number
      const { inputs, tokens, target, runs } = await at(session, index)
      expect(inputs.shape[0]).toBe(length)
      if (tokens) expect(tokens.every((token) => typeof token === 'string')).toBe(true)
      expect(Number.isFinite(target)).toBe(true)
      for (const [k, { answer, trace }] of runs.entries()) {
        expect(Number.isFinite(answer)).toBe(true)
        const top = `layers.${k === 0 ? 1 : 0}`
        expect(trace[`${top}.hidden`]?.shape).toEqual([1, length, 3])
        expect(trace[`${top}.grad.hidden`]?.shape).toEqual([1, length, 3])
        expect(trace[`${top}.flow.hidden`]?.shape).toEqual([length])
        expect(trace.sensitivity?.shape).toEqual([1, length])
        // The step that is answered is a real one.
        expect(trace.sensitivity?.data.at(-1)).toBeGreaterThan(0)
        if (session.task.interface.head === 'every-step') expect(trace.output?.shape[1]).toBe(length)
      }
    }
  })
})

test('runs that are asked for alone answer alone, in the order of the question, and as they do among all', async () => {
  const session = openSmall(compute, 'adding', { length: 8 }, [{ cell: 'lstm' }, { cell: 'gru' }])
  const subject = await session.subject()
  const ask = (runs?: number[], arrays?: string[]) =>
    inspectExample(subject, {
      examples: 'test',
      index: 1,
      jacobians: false,
      ...(runs && { runs }),
      ...(arrays && { arrays }),
    })
  const all = await ask()
  expect((await ask([1, 0])).runs).toEqual(all.runs.toReversed())
  await expect(ask([2])).rejects.toMatchObject({ code: 'not-found' })
  // What is not asked for is not computed, and the rest stays the same.
  const [alone] = (await ask([0], ['layers.0.', 'sensitivity'])).runs
  expect(Object.keys(alone?.trace ?? {}).some((name) => name.startsWith('grad.parameters.'))).toBe(false)
  for (const [name, array] of Object.entries(alone?.trace ?? {})) expect(array, name).toEqual(all.runs[0]?.trace[name])
  expect((await ask([0], ['grad.parameters.rnn.'])).runs[0]?.trace['grad.parameters.rnn.weight_hh_l0']).toEqual(
    all.runs[0]?.trace['grad.parameters.rnn.weight_hh_l0'],
  )
})

test('weights of each step’s own answer at an example’s own last step', async () => {
  const session = openSmall(compute, 'parity', { length: 6, answer: 'every-step' }, [{ weights: 'per-step' }])
  const batch = session.task.heldOut('test', scoredExamples.test)
  const index = lengthsOf(batch).indexOf(2)
  const { model } = (await session.subject()).runs[0] as Subject['runs'][number]
  const { output } = answer(compute, model, batch, session.task.metric, 4)
  const logit = output.data[index * 6 + 1] as number
  const { runs } = await at(session, index)
  expect(runs[0]?.trace.output?.data[1]).toBeCloseTo(logit, 6)
  expect(runs[0]?.answer).toBe(logit > 0 ? 1 : 0)
})
