import { beforeAll, describe, expect, test } from 'vitest'
import { wasm } from '../backends/wasm.ts'
import type { Compute } from '../layers/layer.ts'
import { inspectExample } from './example.ts'
import { glance } from './glance.ts'
import { openSmall, smallTasks } from './small-session.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

describe.each(smallTasks)('at a glance, examples of %s %j', (id, task) => {
  test('are what they are under the microscope', async () => {
    const session = openSmall(compute, id, task, [{ cell: 'lstm', layers: 2 }, {}])
    const subject = await session.subject()
    const isSeries = session.task.interface.head === 'every-step'
    const indices = [2, 0]
    const full = await Promise.all(
      indices.map((index) => inspectExample(subject, { examples: 'test', index, jacobians: false })),
    )
    const places = full.map(({ index, inputs }) => ({
      index,
      ...(isSeries && { step: (inputs.shape[0] as number) - 1 }),
    }))
    for (const run of [0, 1]) {
      const told = glance(subject, { run, places })
      for (const [k, { inputs, tokens, runs }] of full.entries()) {
        const { answer = 0, answers } = runs[run] as (typeof runs)[number]
        expect(told[k]).toMatchObject({ steps: inputs.shape[0], inputs, ...(tokens && { tokens }) })
        expect(told[k]?.answer).toBeCloseTo(answer, 4)
        const { share } = told[k] as (typeof told)[number]
        const width = answers?.shape[1] as number
        if (share !== undefined)
          expect(share).toBeCloseTo(answers?.data[answers.data.length - width + answer] as number, 4)
      }
    }
  })
})

test('an example that there is not is named', async () => {
  const subject = await openSmall(compute, 'parity', { length: 6 }, [{}]).subject()
  expect(() => glance(subject, { run: 0, places: [{ index: 1e6 }] })).toThrow('example 1000001')
  expect(glance(subject, { run: 0, places: [] })).toEqual([])
})
