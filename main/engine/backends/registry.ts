import { LabError } from '../../../shared/errors.ts'
import type { Backend } from './backend.ts'

/** Every backend by id, loaded when chosen: the list can be read without loading a tensor library. */
const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  wasm: async () => (await import('./wasm.ts')).wasm,
  'tensorflow-cpu': async () => (await import('./tensorflow.ts')).tensorflow('tensorflow-cpu'),
  'tensorflow-cuda': async () => (await import('./tensorflow.ts')).tensorflow('tensorflow-cuda'),
  webgpu: async () => (await import('./webgpu.ts')).webgpu,
  'wasm-generic': async () => (await import('./wasm-generic.ts')).wasmGeneric,
}

/** Those that are offered; the generic one is there for tests and comparison. */
export const backendIds: readonly string[] = Object.keys(backends).filter((id) => id !== 'wasm-generic')

/** `auto` takes the first. Throws LabError `engine-unavailable` for an unknown id. */
export async function loadBackend(id: string): Promise<Backend> {
  const load = backends[id === 'auto' ? (backendIds[0] as string) : id]
  if (load) return load()
  const known = ['auto', ...Object.keys(backends)].join(', ')
  throw new LabError('engine-unavailable', `There is no engine "${id}".`, `Use one of: ${known}.`, { engine: id })
}
