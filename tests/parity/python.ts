import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A Python that has what the goldens need: the one UNROLL_PYTHON names, else python3. */
const python = process.env.UNROLL_PYTHON ?? 'python3'

/** Whether the scripts beside this can run here. */
export const ready = spawnSync(python, ['-c', 'import torch, numpy, safetensors.torch']).status === 0
if (process.env.UNROLL_PYTHON && !ready) {
  throw new Error(`UNROLL_PYTHON=${python} does not run, or has no torch, numpy and safetensors`)
}

/** Why a script is not run, where it is not. */
export const missing = 'no Python with torch, numpy and safetensors: set UNROLL_PYTHON'

/** Runs a script of this folder. */
export function runPython(script: string, ...args: readonly string[]) {
  const path = fileURLToPath(new URL(script, import.meta.url))
  // -B: no __pycache__ beside the sources.
  return spawnSync(python, ['-B', path, ...args], { encoding: 'utf8' })
}
