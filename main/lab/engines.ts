import type { EngineInfo } from '../../shared/contract.ts'
import { errorData, LabError, type LabErrorData } from '../../shared/errors.ts'
import { backendIds } from '../engine/backends/registry.ts'
import { type Engine, type EngineOptions, type ForkEngine, startEngine } from '../engine/client.ts'
import type { SelfTest } from './packs/install.ts'
import { packIds, recipeFor } from './packs/recipes.ts'
import { environmentOf, findPack, type Pack, sizeOf } from './packs/store.ts'
import { isRight, readSelfTests, wrongNumbers } from './self-tests.ts'

/** Names that stand for an engine. */
const aliases: Readonly<Record<string, string>> = { tensorflow: 'tensorflow-cpu' }

/** The engine that a name stands for. */
export const engineCalled = (name: string): string => aliases[name] ?? name

/** Whether an engine comes in a pack. */
export const isPacked = (id: string): boolean => packIds.some((known) => known === id)

/**
 * Starts an engine of the lab: one that is built in, or an installed pack's. Throws LabError `engine-unavailable`
 * where it is not installed, does not start, or failed its last self-test.
 */
export async function startLabEngine(options: EngineOptions = {}): Promise<Engine> {
  const backend = engineCalled(options.backend ?? 'auto')
  if (!isPacked(backend)) {
    const id = backend === 'auto' ? (backendIds[0] as string) : backend
    const selfTest = (await readSelfTests())[id]
    if (selfTest && !isRight(selfTest)) throw wrongNumbers(id, selfTest)
    return startEngine({ ...options, backend })
  }
  const pack = await findPack(backend)
  if (!pack) {
    const hint = `Run: unroll engine install ${backend}`
    throw new LabError('engine-unavailable', `${backend} is not installed.`, hint, { engine: backend })
  }
  return startEngine({ ...options, backend, env: environmentOf(pack) })
}

/** Whether an engine is built in and did not fail its self-test, or its pack is installed and whole. */
export async function isUsable(id: string): Promise<boolean> {
  if (!isPacked(id)) return backendIds.includes(id) && isRight((await readSelfTests())[id])
  return (await findPack(id).catch(() => undefined)) !== undefined
}

/** Engines that were started, each with what it is an engine of: a pack that was made anew is started again. */
export type Probes = Map<string, { readonly of: string; readonly info: Promise<EngineInfo> }>

/** Every engine by starting it, or by `probes` of those that were: what it is, or why it does not start. */
export async function listEngines(fork?: ForkEngine, probes: Probes = new Map()): Promise<EngineInfo[]> {
  const started = (id: string, of: string): Promise<EngineInfo> => {
    const known = probes.get(id)
    if (known?.of === of) return known.info
    const info = probe(id, fork)
    probes.set(id, { of, info })
    return info
  }
  const tests = await readSelfTests()
  const built = backendIds
    .filter((id) => !isPacked(id))
    .map(async (id) => {
      const selfTest = tests[id]
      return { ...(await started(id, selfTest?.at ?? 'untested')), ...(selfTest && { selfTest }) }
    })
  return Promise.all([...built, ...packIds.map((id) => packedEngine(id, started))])
}

async function packedEngine(id: string, started: (id: string, of: string) => Promise<EngineInfo>): Promise<EngineInfo> {
  const pack = await findPack(id).catch((error: unknown) => errorData(error))
  if (pack === undefined) return notInstalled(id)
  if ('code' in pack) return { ...unavailable(id, pack), isPack: true }
  const { selfTest, version } = pack.manifest
  const info = await started(id, pack.folder)
  return { ...info, version: info.version || version, bytes: sizeOf(pack.manifest), selfTest, isPack: true }
}

function notInstalled(id: string): EngineInfo {
  try {
    const { room } = recipeFor(id)
    return { id, state: 'not-installed', description: 'not installed', version: '', room }
  } catch (thrown) {
    return unavailable(id, errorData(thrown)) // it cannot be had for this machine
  }
}

const unavailable = (id: string, problem: LabErrorData): EngineInfo => ({
  id,
  state: 'unavailable',
  description: `${problem.message} ${problem.hint}`.trim(),
  version: '',
  problem,
})

async function probe(id: string, fork: ForkEngine | undefined): Promise<EngineInfo> {
  try {
    const engine = await startLabEngine({ backend: id, ...(fork && { fork }) })
    const info = await engine.functions.info()
    await engine.stop()
    return info
  } catch (thrown) {
    return unavailable(id, errorData(thrown))
  }
}

/** How a self-test is run: on whose process, and until when. */
export interface SelfTestOptions {
  readonly fork?: ForkEngine | undefined
  readonly signal?: AbortSignal
}

/** Compares a pack's engine with the goldens of PyTorch that are stored with the lab: the largest relative error. */
export function selfTestPack(pack: Pack, options: SelfTestOptions = {}): ReturnType<SelfTest> {
  return selfTest({ backend: pack.manifest.id, env: environmentOf(pack) }, options)
}

/** The self-test of an engine that is built in. Throws LabError where it does not start or compute. */
export function selfTestBuiltIn(id: string, options: SelfTestOptions = {}): ReturnType<SelfTest> {
  return selfTest({ backend: id }, options)
}

async function selfTest(engineOptions: EngineOptions, { fork, signal }: SelfTestOptions): ReturnType<SelfTest> {
  signal?.throwIfAborted()
  const engine = await startEngine({ ...engineOptions, ...(fork && { fork }) })
  const stop = () => engine.kill()
  signal?.addEventListener('abort', stop)
  try {
    const { rows } = await engine.functions.check('goldens')
    return { error: Math.max(...rows.map(({ figure }) => figure)), limit: Math.min(...rows.map(({ limit }) => limit)) }
  } finally {
    signal?.removeEventListener('abort', stop)
    await engine.stop()
    signal?.throwIfAborted()
  }
}
