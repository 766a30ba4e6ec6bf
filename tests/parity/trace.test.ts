import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disagreements } from '../../main/engine/checks/compare.ts'
import { goldens } from '../../main/engine/checks/goldens.ts'
import { variants } from '../../main/engine/checks/problems.ts'
import { type Engine, startEngine } from '../../main/engine/client.ts'
import { committed, readGolden, readIndex } from './goldens.ts'

const { cases, versions } = readIndex(committed)

describe.each(['wasm', 'wasm-generic'])(`the trace of %s against PyTorch ${versions.torch}`, (backend) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await startEngine({ backend })
  })
  afterAll(() => engine?.stop())

  for (const { name } of cases) {
    test(name, async () => {
      const golden = readGolden(committed, name)
      const found = await engine.functions.trace(golden.model, golden.batch)
      expect(disagreements(found, golden.trace)).toEqual([])
    })
  }
})

/** What needs goldens of its own: a new cell without them must not go unnoticed. */
const catalogue = variants.map(({ of }) => of).sort()
const named = (cell: string, activation?: string | null) => (cell === 'rnn' ? `rnn-${activation ?? 'tanh'}` : cell)

test('every cell has goldens, and every golden a cell', () => {
  expect([...new Set(cases.map(({ cell, activation }) => named(cell, activation)))].sort()).toEqual(catalogue)
})

test('every cell has goldens among those stored with the lab', () => {
  const stored = goldens().map(({ model: { config } }) => named(config.cell, config.activation))
  expect([...new Set(stored)].sort()).toEqual(catalogue)
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
