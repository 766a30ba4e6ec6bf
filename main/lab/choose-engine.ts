import { mkdir, readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { EngineOptions } from '../engine/client.ts'
import type { TimingProblem } from '../engine/timing/problem.ts'
import { startLabEngine } from './engines.ts'
import { writeFileSafely } from './files.ts'
import { packIds } from './packs/recipes.ts'
import { enginesFolder, findPack } from './packs/store.ts'
import { version } from './version.ts'

/** How long a training step took on an engine, in milliseconds; the fastest first. */
const Timings = v.array(v.object({ id: v.string(), ms: v.number() }))
export type Timings = Readonly<v.InferOutput<typeof Timings>>

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
  return ['wasm', ...found.filter((id) => id !== undefined)]
}

/** Whether there is more than the engine that is built in. */
export const hasChoice = async (): Promise<boolean> => (await candidates()).length > 1

/**
 * Which engine is fastest for a problem, by a few steps on each that can be used; remembered for the machine and
 * the shape. With one candidate nothing is measured and the answer is empty.
 */
export async function timeEngines(problem: TimingProblem, options: EngineOptions): Promise<Timings> {
  const versions = await candidates()
  if (versions.length === 1) return []
  const key = JSON.stringify([version, cpus()[0]?.model, options.threads ?? 0, versions, problem])
  const file = join(enginesFolder(), 'timings.json')
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
