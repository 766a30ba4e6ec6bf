import { LabError } from '../../../shared/errors.ts'
import type { Backend } from './backend.ts'
import { wasm } from './wasm.ts'

const backends: readonly Backend[] = [wasm]

/** `auto` takes the first. Throws LabError `engine-unavailable` for an unknown id. */
export function backendById(id: string): Backend {
  const backend = id === 'auto' ? backends[0] : backends.find((candidate) => candidate.id === id)
  if (backend) return backend
  const known = ['auto', ...backends.map((candidate) => candidate.id)].join(', ')
  throw new LabError('engine-unavailable', `There is no engine "${id}".`, `Use one of: ${known}.`, { engine: id })
}
