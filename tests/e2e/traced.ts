import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { test } from '@playwright/test'
import { unzipSync } from 'fflate'
import { readNpz } from '../../main/lab/formats/npz.ts'
import type { Lab } from '../../shared/contract.ts'
import type { Intervention } from '../../shared/interventions.ts'
import { type Floats, type Integers, ndarray } from '../../shared/ndarray.ts'
import { writeNpz } from '../../shared/npz.ts'

const entry = fileURLToPath(new URL('../../main/cli/main.ts', import.meta.url))

/** One value of a trace, by its name in the file; steps, units and examples count from 0. */
export type Traced = (name: string, t?: number, unit?: number, example?: number) => number

/** A folder among the test's own, which goes when the test has passed. */
const newFolder = (name: string): string => mkdtempSync(test.info().outputPath(`${name}-`))

/** Files of a run's exported model, in a folder of their own; the path of that folder. */
export async function modelFolder(lab: Lab, id: string, run: number): Promise<string> {
  const folder = newFolder('model')
  const { bytes } = await lab.exports.model(id, run, 'model')
  let model = ''
  for (const [name, content] of Object.entries(unzipSync(bytes))) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    if (name.endsWith('model.json')) model = dirname(path)
  }
  return model
}

/** `unroll trace` of a model, a folder or a .safetensors with `options`, on a batch: read by nothing of the page. */
export async function trace(
  model: string,
  batch: Readonly<Record<string, Floats | Integers>>,
  interventions?: readonly Intervention[],
  options: readonly string[] = [],
): Promise<Traced> {
  const folder = newFolder('trace')
  const [input, output, fixed] = ['batch.npz', 'trace.npz', 'interventions.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(input, writeNpz(batch))
  const args = ['--disable-warning=ExperimentalWarning', entry, 'trace', model, '--batch', input, '--out', output]
  if (interventions) {
    writeFileSync(fixed, JSON.stringify(interventions))
    args.push('--interventions', fixed)
  }
  await promisify(execFile)(process.execPath, [...args, ...options])
  const arrays = readNpz(readFileSync(output), 'trace.npz')
  return (name, t = 0, unit = 0, example = 0) => {
    const found = arrays.get(name)?.array
    if (!found) throw new Error(`The trace has no "${name}".`)
    const [, steps = 1, units = 1] = found.shape
    return found.data[(example * steps + t) * units + unit] as number
  }
}

/** `unroll trace` on a run's exported model and the inputs that the page shows. */
export async function traced(
  lab: Lab,
  id: string,
  run: number,
  inputs: Floats,
  target: number,
  interventions?: readonly Intervention[],
): Promise<Traced> {
  const ids = inputs.shape.length === 1
  const batch = {
    inputs: ids
      ? ndarray([1, ...inputs.shape], Int32Array.from(inputs.data))
      : ndarray([1, ...inputs.shape], Float32Array.from(inputs.data)),
    targets: ids ? ndarray([1], Int32Array.of(target)) : ndarray([1, 1], Float32Array.of(target)),
  }
  return trace(await modelFolder(lab, id, run), batch, interventions)
}

/** L2 norm over units at a step. */
export const normAt = (traced: Traced, name: string, t: number, units: number): number =>
  Math.hypot(...Array.from({ length: units }, (_, unit) => traced(name, t, unit)))
