import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { optimizers } from '../../main/engine/optimizers/registry.ts'
import type { Snapshot } from '../../main/engine/protocol.ts'
import { learningRateAt } from '../../main/engine/schedules.ts'
import { updateParameters } from '../../main/engine/update.ts'
import type { Parameters } from '../../shared/model.ts'
import { ndarray } from '../../shared/ndarray.ts'
import { ScheduleSpec, TrainingSpec } from '../../shared/spec.ts'
import { parse } from '../../shared/validation.ts'
import { missing, ready, runPython } from './python.ts'

type Values = Readonly<Record<string, readonly number[]>>

/** What make_optimizer_goldens.py writes. */
interface Goldens {
  readonly learningRate: number
  readonly parameters: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>
  readonly gradients: readonly Values[]
  readonly cases: readonly { readonly training: object; readonly after: readonly Values[] }[]
  readonly schedules: readonly { readonly schedule: object; readonly rates: readonly number[] }[]
}

const committed = fileURLToPath(new URL('./optimizers.json', import.meta.url))
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Goldens
const goldens = read(committed)

const training = (fields: object) =>
  parse(TrainingSpec, { ...fields, learningRate: goldens.learningRate }, 'spec-invalid', 'test')

function floats(values: Values): Parameters {
  return Object.fromEntries(
    Object.entries(goldens.parameters).map(([name, { shape }]) => [
      name,
      ndarray(shape, Float32Array.from(values[name] ?? [])),
    ]),
  )
}

function largestDifference(a: Parameters, b: Values): number {
  const differences = Object.entries(a).flatMap(([name, { data }]) =>
    Array.from(data, (value, k) => Math.abs(value - (b[name]?.[k] ?? Number.NaN))),
  )
  return Math.max(...differences)
}

const start = Object.fromEntries(Object.entries(goldens.parameters).map(([name, { data }]) => [name, data]))

test('every optimiser has a golden', () => {
  const covered = goldens.cases.map((golden) => training(golden.training).optimizer)
  expect([...new Set(covered)].sort()).toEqual(optimizers.map(({ id }) => id).sort())
})

test.each(goldens.cases.map((golden) => [JSON.stringify(golden.training), golden] as const))(
  'torch.optim moves parameters to the same place, update by update: %s',
  (_name, golden) => {
    const spec = training(golden.training)
    let state: Snapshot = { step: 0, parameters: floats(start), optimizer: {} }
    for (const [index, gradient] of goldens.gradients.entries()) {
      const before = structuredClone(state)
      const gradients = floats(gradient)
      const { snapshot, gradientNorm } = updateParameters(spec, state, gradients)
      expect(state).toEqual(before)
      expect(gradients).toEqual(floats(gradient))
      expect(gradientNorm).toBeCloseTo(Math.hypot(...Object.values(gradient).flat()), 5)
      expect(largestDifference(snapshot.parameters, golden.after[index] as Values)).toBeLessThan(1e-6)
      state = snapshot
    }
    expect(state.step).toBe(goldens.gradients.length)
  },
)

describe('learning rates', () => {
  test.each(goldens.schedules.map((golden) => [JSON.stringify(golden.schedule), golden] as const))(
    'are those of torch.optim.lr_scheduler: %s',
    (_name, { schedule, rates }) => {
      const parsed = parse(ScheduleSpec, schedule, 'spec-invalid', 'test')
      const warmed = parsed.warmup?.totalIters ?? 0
      // Where a cosine has ended, torch's climbs again and ours stays.
      const compared = parsed.id === 'cosine' ? warmed + (parsed.tMax ?? 0) + 1 : rates.length
      for (const [index, rate] of rates.slice(0, compared).entries()) {
        const found = learningRateAt(index + 1, training({ schedule }))
        expect(Math.abs(found / rate - 1), `update ${index + 1}`).toBeLessThan(1e-9)
      }
    },
  )
})

/** Every number of parsed JSON, in its order. */
function numbers(json: unknown): number[] {
  if (typeof json === 'number') return [json]
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(numbers) : []
}

const withoutNumbers = (json: unknown) =>
  JSON.stringify(json, (_key, value) => (typeof value === 'number' ? 'a number' : value))

if (ready) {
  test('make_optimizer_goldens.py still writes the committed goldens', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-optimizers-'))
    try {
      const out = join(folder, 'optimizers.json')
      const run = runPython('make_optimizer_goldens.py', '--out', out)
      expect(run.status, run.stderr).toBe(0)
      const made = read(out)
      expect(withoutNumbers(made)).toBe(withoutNumbers(goldens))
      const kept = numbers(goldens)
      for (const [index, value] of numbers(made).entries()) {
        expect(Math.abs(value - (kept[index] as number))).toBeLessThan(1e-9)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
} else {
  test.skip(`make_optimizer_goldens.py still writes the committed goldens (${missing})`, () => {})
}
