import { beforeAll, describe, expect, test } from 'vitest'
import { BatchQuery } from '../../../shared/inspect.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { parse } from '../../../shared/validation.ts'
import { wasm } from '../backends/wasm.ts'
import type { Compute } from '../layers/layer.ts'
import { measure } from '../measure.ts'
import type { Session } from '../session.ts'
import { batchView } from './batch.ts'
import { MeanByStep } from './means.ts'
import { openSmall, smallTasks } from './small-session.ts'
import { examplesOf } from './subject.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})
const ask = async (session: Session, query: object) =>
  batchView(await session.subject(), parse(BatchQuery, query, 'message-invalid', 'test'))

test('means are by steps back from each example’s own end', () => {
  const means = new MeanByStep(3, 1)
  means.add(ndarray([3, 2, 1], Float32Array.of(1, 5, 2, 7, 3, 0)), [3, 2], (value) => value)
  expect([...means.means().data]).toEqual([1, (2 + 5) / 2, (3 + 7) / 2])
  const shorter = new MeanByStep(3, 1)
  shorter.add(ndarray([2, 1, 1], Float32Array.of(4, 6)), [2], (value) => value, 1)
  expect([...shorter.means().data]).toEqual([Number.NaN, Number.NaN, 6])
})

describe.each(smallTasks)('a batch of %s %j', (id, task) => {
  test('in parts says what it says as a whole', async () => {
    const session = openSmall(compute, id, task, [{ cell: 'lstm', layers: 2 }, { activation: 'relu' }])
    const { runs, count, available } = await ask(session, { limit: 40 })
    expect(count).toBe(Math.min(40, available))
    const subject = await session.subject()
    for (const [k, { arrays, loss }] of runs.entries()) {
      const { model } = subject.runs[k] as (typeof subject.runs)[number]
      const whole = measure(compute, model, examplesOf(subject, 'test', 0, count), { jacobians: false })
      expect(loss).toBeCloseTo(whole.loss, 4)
      for (const [n, layer] of whole.layers.entries()) {
        const at = (name: string) => arrays[`layers.${n}.${name}`]?.data as Float32Array
        close(at('flow.hidden'), layer.flow.hidden)
        if (layer.flow.cell) close(at('flow.cell'), layer.flow.cell)
        expect(at('horizon.hidden')[0]).toBe(layer.horizon.hidden)
        for (const [name, sides] of Object.entries(layer.saturation)) {
          for (const [side, shares] of Object.entries(sides)) close(at(`saturation.${name}.${side}`), shares)
        }
        for (const name of Object.keys(layer.gates)) {
          expect(at(`histogram.gates.${name}`).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
        }
      }
    }
  })
})

test('a batch of one is the example, and Jacobians come where they were asked for', async () => {
  const session = openSmall(compute, 'adding', { length: 8 }, [{ cell: 'lstm' }])
  const subject = await session.subject()
  const { model } = subject.runs[0] as (typeof subject.runs)[number]
  const [layer] = measure(compute, model, examplesOf(subject, 'test', 0, 1)).layers
  const { runs } = await ask(session, { limit: 1, jacobians: 1 })
  const at = (name: string) => runs[0]?.arrays[`layers.0.${name}`]
  expect(at('gates.forget')?.data).toEqual(layer?.gates.forget?.data)
  expect(at('grad.cell')?.data).toEqual(layer?.gradients.cell?.data.map(Math.abs))
  expect(at('grad.cell.direct')?.shape).toEqual([8, 3])
  expect(at('norm.hidden')?.shape).toEqual([8])
  expect(at('unit.horizon.cell')?.shape).toEqual([3])
  expect(at('lyapunov')?.data).toEqual(layer?.jacobians?.lyapunov)
  expect(at('jacobian')?.data.slice(1)).toEqual(layer?.jacobians?.jacobian.slice(1))
  expect((await ask(session, { limit: 3 })).runs[0]?.arrays['layers.0.jacobian']).toBeUndefined()
  const five = await ask(session, { limit: 5, jacobians: 3, examples: 'train' })
  expect(five.runs[0]?.arrays['layers.0.lyapunov']?.shape).toEqual([2])
  expect([five.count, five.available]).toEqual([2, 2])
})

function close(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length)
  for (const [k, value] of expected.entries()) {
    if (Number.isNaN(value)) expect(found[k]).toBeNaN()
    else expect(Math.abs((found[k] as number) - value)).toBeLessThanOrEqual(1e-5 * Math.max(1e-3, Math.abs(value)))
  }
}
