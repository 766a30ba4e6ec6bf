import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareTraces } from '../../main/engine/checks/compare.ts'
import { committed, readGolden, readIndex } from './goldens.ts'
import { missing, ready, runPython } from './python.ts'

/** Another release of PyTorch may round the last bit of a float32 differently, and nothing more. */
const rounding = 1e-6

if (ready) {
  test('make_goldens.py still writes the committed goldens', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-goldens-'))
    try {
      const run = runPython('make_goldens.py', '--out', folder)
      expect(run.status, run.stderr).toBe(0)
      expect(readIndex(folder).cases).toEqual(readIndex(committed).cases)
      for (const { name } of readIndex(committed).cases) {
        const [made, kept] = [readGolden(folder, name), readGolden(committed, name)]
        expect(made.model.config, name).toEqual(kept.model.config)
        expect(made.batch, name).toEqual(kept.batch)
        const rows = [
          ...compareTraces(made.model.parameters, kept.model.parameters),
          ...compareTraces(made.trace, kept.trace),
        ]
        expect(
          rows.filter(({ relative }) => !(relative <= rounding)),
          name,
        ).toEqual([])
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
} else {
  test.skip(`make_goldens.py still writes the committed goldens (${missing})`, () => {})
}
