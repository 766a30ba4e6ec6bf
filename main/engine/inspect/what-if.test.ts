import { beforeAll, describe, expect, test } from 'vitest'
import { type WhatIf, WhatIfQuery } from '../../../shared/inspect.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { parse } from '../../../shared/validation.ts'
import { wasm } from '../backends/wasm.ts'
import type { Compute } from '../layers/layer.ts'
import type { Session } from '../session.ts'
import { openSmall, smallTasks } from './small-session.ts'
import { whatIf } from './what-if.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

const ask = async (session: Session, query: object): Promise<WhatIf> =>
  whatIf(await session.subject(), parse(WhatIfQuery, { index: 0, ...query }, 'message-invalid', 'test'))
const cells = [{ cell: 'lstm', layers: 2 }, { weights: 'per-step' }] as const

describe.each(smallTasks)('what if: %s %j', (id, task) => {
  test('nothing changed changes nothing, also where inputs are handed back as they were shown', async () => {
    const session = openSmall(compute, id, task, cells)
    const { original } = await ask(session, {})
    for (const query of [{}, { inputs: original.inputs }, { interventions: [[], []] }]) {
      expect((await ask(session, query)).changed).toEqual(original)
    }
    const fixed = await ask(session, { interventions: [[{ kind: 'ablate', layer: 1, unit: 0 }]] })
    expect(fixed.changed.runs[1]).toEqual(original.runs[1])
    expect(fixed.changed.runs[0]?.trace['layers.1.hidden']?.data[0]).toBe(0)
    expect(fixed.original.runs[0]?.trace['layers.1.hidden']?.data[0]).not.toBe(0)
    if (original.hasCounterpart) {
      const { changed } = await ask(session, { counterpart: true })
      expect(changed.target).not.toBe(original.target)
      expect(changed.inputs).not.toEqual(original.inputs)
      expect(changed.inputs.shape).toEqual(original.inputs.shape)
    }
  })
})

test('another token is read as its id, and only later states change', async () => {
  const session = openSmall(compute, 'agreement', { maxDistance: 5, testDistance: 5 }, [{ cell: 'gru' }])
  const { original } = await ask(session, {})
  const ids = original.inputs.data.slice()
  ids[2] = ids[2] === 3 ? 4 : 3
  const { changed } = await ask(session, { inputs: ndarray([ids.length], ids), arrays: ['layers.0.hidden'] })
  expect(changed.tokens?.[2]).toBe(session.task.facts.vocabulary?.[ids[2] as number])
  const [was, is] = [original, changed].map(({ runs }) => runs[0]?.trace['layers.0.hidden']?.data as Float32Array)
  expect(is?.slice(0, 6)).toEqual(was?.slice(0, 6))
  expect(is?.slice(6)).not.toEqual(was?.slice(6))
  expect(Object.keys(changed.runs[0]?.trace ?? {})).toEqual(['layers.0.hidden'])
})

test('values are in the task’s own units, and a sentence may be shorter', async () => {
  const csv = openSmall(compute, 'csv', { file: 'a.csv', target: 'level', window: 12, horizon: 3 }, [{}])
  const { original } = await ask(csv, {})
  const values = original.inputs.data.map((value, t) => (t === 5 ? value + 1 : value))
  const { changed } = await ask(csv, { inputs: ndarray([12, 1], values), target: 0.25 })
  expect(changed.inputs.data[5]).toBeCloseTo((original.inputs.data[5] as number) + 1, 4)
  expect(changed.target).toBeCloseTo(0.25, 4)
  expect(changed.inputs.data.filter((value, t) => value !== original.inputs.data[t])).toHaveLength(1)

  const adding = openSmall(compute, 'adding', { length: 8 }, [{}])
  const { changed: short } = await ask(adding, { inputs: ndarray([3, 2], Float32Array.of(0.1, 1, 0.2, 0, 0.3, 1)) })
  expect(short.runs[0]?.trace['layers.0.hidden']?.shape).toEqual([1, 3, 3])
})

test('what does not fit is refused, with what would', async () => {
  const adding = openSmall(compute, 'adding', { length: 8 }, [{}])
  const parity = openSmall(compute, 'parity', { length: 6, answer: 'every-step' }, [{}])
  const words = openSmall(compute, 'agreement', { maxDistance: 5, testDistance: 5 }, [{}])
  const numbers = (...shape: number[]) => ndarray(shape, new Float32Array(shape.reduce((a, b) => a * b)))
  const refused: [Session, object, RegExp][] = [
    [adding, { inputs: numbers(4, 3) }, /shape \[4,3\], expected \[T, 2\]/],
    [adding, { inputs: numbers(9, 2) }, /9 steps, expected at most 8/],
    [adding, { inputs: numbers(8, 2), counterpart: true }, /of its own/],
    [parity, { inputs: numbers(7, 1) }, /expected exactly/],
    [parity, { target: 1 }, /last step alone/],
    [parity, { counterpart: true }, /no counterpart/],
    [words, { inputs: ndarray([1], Float32Array.of(0.5)) }, /the id 0.5/],
    [words, { inputs: ndarray([1], Float32Array.of(9999)) }, /the id 9999/],
    [words, { target: 2 }, /classes are 0 to 1/],
    [words, { index: 5000 }, /no example 5001/],
  ]
  for (const [session, query, message] of refused) await expect(ask(session, query)).rejects.toThrow(message)
})
