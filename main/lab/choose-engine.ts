import { mkdir, readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { EngineChoice } from '../../shared/contract.ts'
import type { EngineOptions } from '../engine/client.ts'
import type { TimingProblem } from '../engine/timing/problem.ts'
import { startLabEngine } from './engines.ts'
import { writeFileSafely } from './files.ts'
import { packIds } from './packs/recipes.ts'
import { enginesFolder, findPack } from './packs/store.ts'
import { isRight, readSelfTests } from './self-tests.ts'
import { version } from './version.ts'

/** How long a training step took on an engine, in milliseconds; the fastest first. */
const Timings = v.array(v.object({ id: v.string(), ms: v.number() }))
export type Timings = Readonly<v.InferOutput<typeof Timings>>

const timingsFile = () => join(enginesFolder(), 'timings.json')

/** Steps that are timed; their median counts. */
const steps = 5

/** Engines that can be chosen: the one that is built in, and installed packs. */
async function candidates(): Promise<string[]> {
  const found = await Promise.all(
    packIds.map(async (id) => {
      const pack = await findPack(id).catch(() => undefined) // a damaged one is no candidate
      return pack && `${id} ${pack.manifest.version}`
    }),
  )
  const tests = await readSelfTests()
  return [...[alone].filter((id) => isRight(tests[id])), ...found.filter((id) => id !== undefined)]
}

/** The only engine of a machine where nothing is installed: there is no choice then. */
const alone = 'wasm'

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
 * Which engine is fastest for a problem, by a few steps on each that can be used; remembered for the machine and
 * the shape. Where nothing is installed nothing is measured, and the answer is empty.
 */
export async function timeEngines(problem: TimingProblem, options: EngineOptions): Promise<Timings> {
  const versions = await candidates()
  if (versions.every((id) => id === alone)) return []
  const key = keyOf(options.threads ?? 0, versions, problem)
  const file = timingsFile()
  const known = await readKnown(file)
  const before = known[key]
  if (before) return before
  const found: { id: string; ms: number }[] = []
  for (const version of versions) {
    const id = version.split(' ')[0] as string
    const ms = await medianOf(id, problem, options).catch(() => undefined) // it cannot be used
    if (ms !== undefined) found.push({ id, ms })
  }
  found.sort((a, b) => a.ms - b.ms)
  await mkdir(enginesFolder(), { recursive: true })
  const content = `${JSON.stringify({ ...known, [key]: found })}\n`
  await writeFileSafely(file, new TextEncoder().encode(content)).catch(() => {}) // then it is measured again
  return found
}

async function medianOf(backend: string, problem: TimingProblem, options: EngineOptions): Promise<number> {
  const engine = await startLabEngine({ ...options, backend })
  try {
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
