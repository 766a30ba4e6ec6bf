import type { EngineInfo } from '../../shared/contract.ts'
import { errorData, LabError } from '../../shared/errors.ts'
import { backendIds } from '../engine/backends/registry.ts'
import { type Engine, type EngineOptions, type ForkEngine, startEngine } from '../engine/client.ts'
import type { SelfTest } from './packs/install.ts'
import { packIds } from './packs/recipes.ts'
import { environmentOf, findPack, type Pack, sizeOf } from './packs/store.ts'

/** Names that stand for an engine. */
const aliases: Readonly<Record<string, string>> = { tensorflow: 'tensorflow-cpu' }

/** The engine that a name stands for. */
export const engineCalled = (name: string): string => aliases[name] ?? name

const isPacked = (id: string): boolean => packIds.some((known) => known === id)

/**
 * Starts an engine of the lab: one that is built in, or an installed pack's. Throws LabError `engine-unavailable`
 * where it is not installed or does not start.
 */
export async function startLabEngine(options: EngineOptions = {}): Promise<Engine> {
  const backend = engineCalled(options.backend ?? 'auto')
  if (!isPacked(backend)) return startEngine({ ...options, backend })
  const pack = await findPack(backend)
  if (!pack) {
    const hint = `Run: unroll engine install ${backend}`
    throw new LabError('engine-unavailable', `${backend} is not installed.`, hint, { engine: backend })
  }
  return startEngine({ ...options, backend, env: environmentOf(pack) })
}

/** Whether an engine is built in, or its pack is installed and whole. */
export async function isUsable(id: string): Promise<boolean> {
  if (!isPacked(id)) return backendIds.includes(id)
  return (await findPack(id).catch(() => undefined)) !== undefined
}

/** Every engine by starting it once: what it is, or why it does not start. */
export async function listEngines(fork?: ForkEngine): Promise<EngineInfo[]> {
  const built = backendIds.filter((id) => !isPacked(id)).map((id) => probe(id, fork))
  return Promise.all([...built, ...packIds.map((id) => probePacked(id, fork))])
}

async function probePacked(id: string, fork: ForkEngine | undefined): Promise<EngineInfo> {
  const pack = await findPack(id).catch((error: unknown) => errorData(error))
  if (pack === undefined) return { id, state: 'not-installed', description: 'not installed', version: '' }
  if ('code' in pack) return { id, state: 'unavailable', description: `${pack.message} ${pack.hint}`, version: '' }
  const { selfTest, version } = pack.manifest
  const info = await probe(id, fork)
  return { ...info, version: info.version || version, bytes: sizeOf(pack.manifest), selfTest }
}

async function probe(id: string, fork: ForkEngine | undefined): Promise<EngineInfo> {
  try {
    const engine = await startLabEngine({ backend: id, ...(fork && { fork }) })
    const info = await engine.functions.info()
    await engine.stop()
    return info
  } catch (thrown) {
    return { id, state: 'unavailable', description: errorData(thrown).message, version: '' }
  }
}

/** Compares a pack's engine with the goldens of PyTorch that are stored with the lab: the largest relative error. */
export const selfTestPack: SelfTest = async (pack: Pack) => {
  const engine = await startEngine({ backend: pack.manifest.id, env: environmentOf(pack) })
  try {
    const { rows } = await engine.functions.check('goldens')
    return { error: Math.max(...rows.map(({ figure }) => figure)), limit: Math.min(...rows.map(({ limit }) => limit)) }
  } finally {
    await engine.stop()
  }
}
