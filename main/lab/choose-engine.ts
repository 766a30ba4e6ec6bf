import { mkdir, readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { EngineChoice } from '../../shared/contract.ts'
import type { ModelConfig } from '../../shared/model.ts'
import { cudaId } from '../engine/backends/cuda/cuda.ts'
import { deviceOf, diagnose } from '../engine/backends/cuda/diagnosis.ts'
import { gatherFacts } from '../engine/backends/cuda/facts.ts'
import type { EngineOptions } from '../engine/client.ts'
import type { TimingProblem } from '../engine/timing/problem.ts'
import { startLabEngine } from './engines.ts'
import { writeFileSafely } from './files.ts'
import { packIds } from './packs/recipes.ts'
import { enginesFolder, findPack } from './packs/store.ts'
import { isRight, readSelfTests, whyUnsupported } from './self-tests.ts'
import { version } from './version.ts'

/** How long a training step took on an engine, in milliseconds; the fastest first. */
const Timings = v.array(v.object({ id: v.string(), ms: v.number() }))
export type Timings = Readonly<v.InferOutput<typeof Timings>>

const timingsFile = () => join(enginesFolder(), 'timings.json')

/** Steps that are timed; their median counts. */
const steps = 5

/** An engine whose first step takes this many times as long as the best so far is not timed further. */
const hopeless = 4

/**
 * Engines that can be chosen for these models, with their versions: the one that is built in, installed packs, and
 * those that have passed on a device of this machine.
 */
async function candidates(configs: readonly ModelConfig[] = []): Promise<string[]> {
  const found = await Promise.all(
    packIds.map(async (id) => {
      const pack = await findPack(id).catch(() => undefined) // a damaged one is no candidate
      return pack && described(id, pack.manifest.version)
    }),
  )
  const tests = await readSelfTests()
  const devices = Object.entries(tests)
    .filter(([, test]) => test.of !== undefined && isRight(test) && whyUnsupported(test, configs) === undefined)
    .map(([id, { of }]) => `${id} ${of}`)
  return [...[alone].filter((id) => isRight(tests[id])), ...found.filter((id) => id !== undefined), ...devices]
}

/** The only engine of a machine where nothing is installed: there is no choice then. */
const alone = 'wasm'

/** What a time was measured on, the GPU's name included; undefined where there is none that can be used. */
async function described(id: string, packVersion: string): Promise<string | undefined> {
  if (id !== cudaId) return `${id} ${packVersion}`
  const facts = await gatherFacts()
  return diagnose(facts) ? undefined : `${id} ${packVersion} ${deviceOf(facts)?.name ?? 'GPU'}`
}

/** Whether there is more than the engine that is built in. */
export const hasChoice = async (): Promise<boolean> => (await candidates()).some((id) => id !== alone)

/** A measurement holds for this lab, processor and number of threads, these engines, this layer. */
const keyOf = (threads: number, versions: readonly string[], problem?: TimingProblem): string =>
  JSON.stringify([version, cpus()[0]?.model ?? '', threads, versions, ...(problem ? [problem] : [])])

/** What was measured among the engines that can be used now, the latest first. */
export async function knownChoices(threads = 0): Promise<EngineChoice[]> {
  const versions = await candidates()
  const start = keyOf(threads, versions).slice(0, -1)
  return Object.entries(await readKnown(timingsFile()))
    .filter(([key, timings]) => key.startsWith(start) && timings.length > 0)
    .map(([key, timings]) => ({ ...((JSON.parse(key) as unknown[]).at(-1) as TimingProblem), timings }))
    .reverse()
}

/**
 * Which engine is fastest for a problem, by a few steps on each that can be used and can compute all of `configs`;
 * remembered for the machine and the shape. Where there is no other than the built-in one nothing is measured, and
 * the answer is empty.
 */
export const timeEngines = (...given: Parameters<typeof measureEngines>): Promise<Timings> => {
  const measured = latest.then(() => measureEngines(...given))
  latest = measured.catch(() => {})
  return measured
}

/** One measurement at a time: two would share the cores. */
let latest: Promise<unknown> = Promise.resolve()

async function measureEngines(
  problem: TimingProblem,
  configs: readonly ModelConfig[],
  options: EngineOptions,
): Promise<Timings> {
  const versions = await candidates(configs)
  if (versions.every((id) => id === alone)) return []
  const key = keyOf(options.threads ?? 0, versions, problem)
  const file = timingsFile()
  const known = await readKnown(file)
  const before = known[key]
  if (before) return before
  const found: { id: string; ms: number }[] = []
  for (const candidate of versions) {
    const id = candidate.split(' ')[0] as string
    const best = Math.min(...found.map(({ ms }) => ms))
    const ms = await medianOf(id, problem, options, hopeless * best).catch(() => undefined) // it cannot be used
    if (ms !== undefined) found.push({ id, ms })
  }
  found.sort((a, b) => a.ms - b.ms)
  if (found.length < versions.length) return found // what did not start may start the next time
  await mkdir(enginesFolder(), { recursive: true })
  const content = `${JSON.stringify({ ...known, [key]: found })}\n`
  await writeFileSafely(file, new TextEncoder().encode(content)).catch(() => {}) // then it is measured again
  return found
}

/** Of a few steps, or the first where it takes longer than `most`. */
async function medianOf(
  backend: string,
  problem: TimingProblem,
  options: EngineOptions,
  most: number,
): Promise<number> {
  const engine = await startLabEngine({ ...options, backend })
  try {
    const [first = 0] = await engine.functions.time('engine', problem, 1)
    if (first > most) return first
    const ms = await engine.functions.time('engine', problem, steps)
    return ms.toSorted((a, b) => a - b)[steps >> 1] as number
  } finally {
    await engine.stop()
  }
}

async function readKnown(file: string): Promise<Record<string, v.InferOutput<typeof Timings>>> {
  try {
    return v.parse(v.record(v.string(), Timings), JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}
