import type { EngineInfo } from '../../shared/contract.ts'
import { errorData } from '../../shared/errors.ts'
import { backendIds } from '../engine/backends/registry.ts'
import { type ForkEngine, startEngine } from '../engine/client.ts'

/** Every engine by starting it once: what it is, or why it does not start. */
export async function listEngines(fork?: ForkEngine): Promise<EngineInfo[]> {
  return Promise.all(backendIds.map((id) => probe(id, fork)))
}

async function probe(id: string, fork: ForkEngine | undefined): Promise<EngineInfo> {
  try {
    const engine = await startEngine({ backend: id, ...(fork && { fork }) })
    const info = await engine.functions.info()
    await engine.stop()
    return info
  } catch (thrown) {
    return { id, state: 'unavailable', description: errorData(thrown).message, version: '' }
  }
}
