import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cells } from '../../main/engine/cells/catalogue.ts'
import { type Engine, startEngine } from '../../main/engine/client.ts'
import { disagreements } from './compare.ts'
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
