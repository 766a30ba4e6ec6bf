import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { compareTraces } from './compare.ts'
import { committed, readGolden, readIndex } from './goldens.ts'

/** A Python that has what the goldens need: the one UNROLL_PYTHON names, else python3. */
const python = process.env.UNROLL_PYTHON ?? 'python3'
const ready = spawnSync(python, ['-c', 'import torch, numpy, safetensors.torch']).status === 0
if (process.env.UNROLL_PYTHON && !ready) {
  throw new Error(`UNROLL_PYTHON=${python} does not run, or has no torch, numpy and safetensors`)
}

/** Another release of PyTorch may round the last bit of a float32 differently, and nothing more. */
const rounding = 1e-6

if (ready) {
  test('make_goldens.py still writes the committed goldens', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-goldens-'))
    try {
      const script = fileURLToPath(new URL('./make_goldens.py', import.meta.url))
      // -B: no __pycache__ beside the sources.
      const run = spawnSync(python, ['-B', script, '--out', folder], { encoding: 'utf8' })
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
  test.skip('make_goldens.py still writes the committed goldens (no Python with torch, numpy and safetensors: set UNROLL_PYTHON)', () => {})
}
