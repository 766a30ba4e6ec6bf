import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'
import { readNpz } from '../../main/lab/formats/npz.ts'
import type { Lab } from '../../shared/contract.ts'
import type { Intervention } from '../../shared/interventions.ts'
import { type Floats, type Integers, ndarray } from '../../shared/ndarray.ts'
import { writeNpz } from '../../shared/npz.ts'

const entry = fileURLToPath(new URL('../../main/cli/main.ts', import.meta.url))

/** One value of a trace of one example, by its name in the file. */
export type Traced = (name: string, t?: number, unit?: number) => number

/**
 * `unroll trace` on a run's exported model and the inputs that the page shows: a file of its own, read by
 * nothing of the page. Steps and units count from 0.
 */
export async function traced(
  lab: Lab,
  id: string,
  run: number,
  inputs: Floats,
  target: number,
  interventions?: readonly Intervention[],
): Promise<Traced> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-traced-'))
  const { bytes } = await lab.exports.model(id, run, 'model')
  let model = ''
  for (const [name, content] of Object.entries(unzipSync(bytes))) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    if (name.endsWith('model.json')) model = dirname(path)
  }
  const ids = inputs.shape.length === 1
  const batch: Record<string, Floats | Integers> = {
    inputs: ids
      ? ndarray([1, ...inputs.shape], Int32Array.from(inputs.data))
      : ndarray([1, ...inputs.shape], Float32Array.from(inputs.data)),
    targets: ids ? ndarray([1], Int32Array.of(target)) : ndarray([1, 1], Float32Array.of(target)),
  }
  const [input, output, fixed] = ['batch.npz', 'trace.npz', 'interventions.json'].map((name) => join(folder, name))
  writeFileSync(input as string, writeNpz(batch))
  const args = ['--disable-warning=ExperimentalWarning', entry, 'trace', model, '--batch', input, '--out', output]
  if (interventions) {
    writeFileSync(fixed as string, JSON.stringify(interventions))
    args.push('--interventions', fixed)
  }
  await promisify(execFile)(process.execPath, args as string[])
  const arrays = readNpz(readFileSync(output as string), 'trace.npz')
  return (name, t = 0, unit = 0) => {
    const found = arrays.get(name)?.array
    if (!found) throw new Error(`The trace has no "${name}".`)
    const units = found.shape[2] ?? 1
    return found.data[t * units + unit] as number
  }
}

/** L2 norm over units at a step. */
export const normAt = (trace: Traced, name: string, t: number, units: number): number =>
  Math.sqrt(Array.from({ length: units }, (_, unit) => trace(name, t, unit) ** 2).reduce((a, b) => a + b, 0))
