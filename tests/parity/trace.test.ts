import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cells } from '../../main/engine/cells/catalogue.ts'
import { disagreements } from '../../main/engine/checks/compare.ts'
import { goldens } from '../../main/engine/checks/goldens.ts'
import { type Engine, startEngine } from '../../main/engine/client.ts'
import { committed, readGolden, readIndex } from './goldens.ts'

const { cases, versions } = readIndex(committed)

describe(`the engine's trace against PyTorch ${versions.torch}`, () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await startEngine()
  })
  afterAll(() => engine?.stop())

  for (const { name, cell } of cases) {
    if (cells.some(({ id }) => id === cell)) {
      test(name, async () => {
        const golden = readGolden(committed, name)
        const found = await engine.functions.trace(golden.model, golden.batch)
        expect(disagreements(found, golden.trace)).toEqual([])
      })
    } else {
      test.skip(`${name} (the engine has no cell ${cell})`, () => {})
    }
  }
})

test('the goldens stored with the lab are the committed ones', () => {
  const stored = goldens()
  expect(stored.length).toBeGreaterThan(20)
  for (const { name, ...golden } of stored) {
    const { model, batch, trace } = readGolden(committed, name)
    const { format: _format, ...config } = model.config as typeof model.config & { format: string }
    expect(golden, name).toEqual({ model: { ...model, config }, batch, trace })
  }
})
