import { parse } from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CellSpec } from '../../shared/spec.ts'
import { wasm } from './backends/wasm.ts'
import type { Compute } from './layers/layer.ts'
import type { TaskSource } from './protocol.ts'
import { exampleOf } from './results.ts'
import { lengthsOf } from './sequence.ts'
import { Session } from './session.ts'
import { taskById, tasks } from './tasks/registry.ts'
import { scoredExamples } from './tasks/task.ts'

let compute: Compute
beforeAll(async () => {
  compute = (await wasm.start()).compute
})

const sources: Readonly<Record<string, TaskSource | undefined>> = {
  text: { kind: 'text', text: 'the cats, which already ate, were full. '.repeat(40) },
  csv: {
    kind: 'table',
    columns: [{ name: 'level', values: Float64Array.from({ length: 80 }, (_, k) => Math.sin(k / 5)) }],
  },
}
const fields: Readonly<Record<string, readonly object[]>> = {
  text: [{ file: 'a.txt', window: 8 }],
  csv: [{ file: 'a.csv', target: 'level', window: 12, horizon: 3 }],
  adding: [{ length: 8 }],
  copy: [{ delay: 3, symbols: 2 }],
  'temporal-order': [{ length: 20 }],
  parity: [{ length: 6 }, { length: 6, answer: 'every-step' }, { length: 6, lengths: 'fixed' }],
  agreement: [{ maxDistance: 5, testDistance: 5 }],
  scalar: [{ length: 8 }],
  sine: [{ length: 8 }],
  'noisy-sine': [{ length: 8 }],
}

function open(id: string, task: object, cells: readonly Partial<CellSpec>[]): Session {
  const source = sources[id]
  return new Session(
    compute,
    {
      spec: {
        task: parse(taskById(id).schema, { id, ...task }) as { id: string },
        cells: cells.map((cell) => ({ cell: 'rnn', hiddenSize: 3, layers: 1, ...cell })),
        training: {
          steps: 1,
          batchSize: 2,
          optimizer: 'adam',
          learningRate: 0.01,
          clipNorm: 1,
          init: 'pytorch',
          forgetBias: 1,
        },
        seed: 1,
      },
      ...(source && { source }),
    },
    { rows() {}, state() {}, checkpoint() {} },
  )
}

const cases = Object.keys(tasks).flatMap((id) => (fields[id] ?? [{}]).map((task) => [id, task] as const))

describe.each(cases)('an example of %s %j', (id, task) => {
  test('is as long as it is, with shared weights and with weights of its own for each step', () => {
    const cells = [{ cell: 'lstm', layers: 2 }, { weights: 'per-step' }] as const
    const session = open(id, task, cells)
    const lengths = lengthsOf(session.task.heldOut('test', scoredExamples.test))
    const wanted = [0, 1, lengths.indexOf(Math.min(...lengths)), lengths.length - 1]
    for (const index of new Set(wanted)) {
      const length = lengths[index] as number
      const { inputs, tokens, target, runs } = exampleOf(session, index)
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

test('weights of each step’s own answer at an example’s own last step', () => {
  const session = open('parity', { length: 6, answer: 'every-step' }, [{ weights: 'per-step' }])
  const batch = session.task.heldOut('test', scoredExamples.test)
  const index = lengthsOf(batch).indexOf(2)
  const [run] = session.runs
  const { output } = run?.trainer.answer(batch) ?? { output: undefined }
  const logit = output?.data[index * 6 + 1] as number
  expect(exampleOf(session, index).runs[0]?.trace.output?.data[1]).toBeCloseTo(logit, 6)
  expect(exampleOf(session, index).runs[0]?.answer).toBe(logit > 0 ? 1 : 0)
})
