import type { EngineInfo } from '../../shared/contract.ts'
import { errorData, LabError, type LabErrorData } from '../../shared/errors.ts'
import { backendIds } from '../engine/backends/registry.ts'
import { type Engine, type EngineOptions, type ForkEngine, startEngine } from '../engine/client.ts'
import { packIds, recipeFor } from './packs/recipes.ts'
import { environmentOf, findPack, type Pack, sizeOf } from './packs/store.ts'
import {
  isAbout,
  isRight,
  readSelfTests,
  type SelfTest,
  testEngine,
  writeSelfTest,
  wrongNumbers,
} from './self-tests.ts'

/** Names that stand for the first of several engines that works. */
const aliases: Readonly<Record<string, readonly string[]>> = { tensorflow: ['tensorflow-cuda', 'tensorflow-cpu'] }

/** The engines that a name stands for, the best first. */
export const enginesCalled = (name: string): readonly string[] => aliases[name] ?? [name]

/** Whether an engine comes in a pack. */
export const isPacked = (id: string): boolean => packIds.some((known) => known === id)

export interface LabEngineOptions extends EngineOptions {
  /** Also an engine that was not compared with PyTorch on this machine's device, or that failed. */
  readonly untested?: boolean
}

/**
 * Starts an engine of the lab: one that is built in, or an installed pack's; of those that a name stands for the
 * first that is usable and starts. What is built in and computes on a device is compared with PyTorch before its
 * first use there; a pack was when it was made.
 * Throws LabError `engine-unavailable` where it is not installed, does not start, or failed its last self-test; of
 * several, why the first that is installed cannot be used where the last is not installed.
 */
export async function startLabEngine(options: LabEngineOptions = {}): Promise<Engine> {
  const named = enginesCalled(options.backend ?? 'auto')
  const last = named.at(-1) as string
  const reasons: unknown[] = []
  for (const backend of named.slice(0, -1)) {
    if (!(await isInstalled(backend))) continue
    try {
      return await startOne(backend, options)
    } catch (error) {
      reasons.push(error)
    }
  }
  if (reasons.length > 0 && !(await isInstalled(last))) throw reasons[0]
  return startOne(last, options)
}

/** Whether there is a pack of an engine, be it usable or not. */
const isInstalled = (id: string): Promise<boolean> =>
  findPack(id).then(
    (pack) => pack !== undefined,
    () => true,
  )

async function startOne(backend: string, { untested = false, ...options }: LabEngineOptions): Promise<Engine> {
  if (!isPacked(backend)) {
    const engine = await startEngine({ ...options, backend })
    if (!untested) await refuseWrong(engine)
    return engine
  }
  const pack = await findPack(backend)
  if (!pack) {
    const hint = `Run: unroll engine install ${backend}`
    throw new LabError('engine-unavailable', `${backend} is not installed.`, hint, { engine: backend })
  }
  return startEngine({ ...options, backend, env: environmentOf(pack) })
}

/** Stops the engine where it throws. */
async function refuseWrong(engine: Engine): Promise<void> {
  try {
    const info = await engine.functions.info()
    const before = (await readSelfTests())[info.id]
    let test = before && isAbout(before, info) ? before : undefined
    if (!test && info.device) {
      test = await testEngine(engine)
      await writeSelfTest(info.id, test).catch(() => {}) // then it is tested again
    }
    if (test && !isRight(test)) throw wrongNumbers(info.id, test)
  } catch (error) {
    await engine.stop()
    throw error
  }
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
      const info = await started(id, selfTest?.at ?? 'untested')
      if (!selfTest || !isAbout(selfTest, info)) return info
      return { ...(isRight(selfTest) ? info : unavailable(id, wrongNumbers(id, selfTest).toJSON())), selfTest }
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
    const engine = await startLabEngine({ backend: id, untested: true, ...(fork && { fork }) })
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

/** The self-test of a pack's engine. */
export function selfTestPack(pack: Pack, options: SelfTestOptions = {}): Promise<SelfTest> {
  return selfTest({ backend: pack.manifest.id, env: environmentOf(pack) }, options)
}

/** The self-test of an engine that is built in. Throws LabError where it does not start or compute. */
export function selfTestBuiltIn(id: string, options: SelfTestOptions = {}): Promise<SelfTest> {
  return selfTest({ backend: id }, options)
}

async function selfTest(engineOptions: EngineOptions, { fork, signal }: SelfTestOptions): Promise<SelfTest> {
  signal?.throwIfAborted()
  const engine = await startEngine({ ...engineOptions, ...(fork && { fork }) })
  const stop = () => engine.kill()
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop() // while it started
  try {
    return await testEngine(engine)
  } finally {
    signal?.removeEventListener('abort', stop)
    await engine.stop()
    signal?.throwIfAborted()
  }
}
