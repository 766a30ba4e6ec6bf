import { backendIds, loadBackend } from '../../main/engine/backends/registry.ts'
import type { Compute } from '../../main/engine/layers/layer.ts'
import { LabError } from '../../shared/errors.ts'
import { enterPack, missing, id as packId } from '../engines/pack.ts'

/** An engine of the registry. */
export interface RegisteredEngine {
  readonly id: string
  /** Makes it the engine of this process; throws LabError `engine-unavailable` where it cannot run. */
  start(): Promise<Compute>
}

/** Every engine that is offered, and the generic one. */
export const registered: readonly RegisteredEngine[] = [...new Set([...backendIds, 'wasm-generic'])].map((id) => ({
  id,
  async start() {
    if (id === packId && !missing) await enterPack()
    return (await (await loadBackend(id)).start()).compute
  },
}))

/** Why an engine cannot run on this machine; undefined where it can. */
export async function whyNot({ start }: RegisteredEngine): Promise<string | undefined> {
  try {
    await start()
    return undefined
  } catch (error) {
    if (error instanceof LabError && error.code === 'engine-unavailable') return error.message
    throw error
  }
}
