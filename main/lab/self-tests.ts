import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { EngineInfo } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import type { ModelConfig } from '../../shared/model.ts'
import type { Engine } from '../engine/client.ts'
import { equationsName } from '../engine/names.ts'
import { writeFileSafely } from './files.ts'
import { enginesFolder } from './packs/store.ts'
import { version } from './version.ts'

export type SelfTest = NonNullable<EngineInfo['selfTest']> & {
  /** Version and device of an engine that computes on one: another would compute otherwise. */
  readonly of?: string | undefined
}

/** The last self-tests of engines that are built in, by id; a pack keeps its own in its manifest. */
const Stored = v.object({
  /** Of the lab: another one computes otherwise. */
  version: v.string(),
  tests: v.record(
    v.string(),
    v.object({
      /** JSON has no infinity. */
      error: v.pipe(
        v.nullable(v.number()),
        v.transform((error) => error ?? Number.POSITIVE_INFINITY),
      ),
      limit: v.number(),
      at: v.string(),
      /** The name of a cell, then what it lacks: `rnn-relu: no operation Relu`. */
      unsupported: v.optional(v.array(v.string())),
      of: v.optional(v.string()),
    }),
  ),
})

const file = () => join(enginesFolder(), 'self-tests.json')

export async function readSelfTests(): Promise<Readonly<Record<string, SelfTest>>> {
  try {
    const stored = v.parse(Stored, JSON.parse(await readFile(file(), 'utf8')))
    return stored.version === version ? stored.tests : {}
  } catch {
    return {}
  }
}

export async function writeSelfTest(id: string, test: SelfTest): Promise<void> {
  const tests = { ...(await readSelfTests()), [id]: test }
  await mkdir(enginesFolder(), { recursive: true })
  await writeFileSafely(file(), new TextEncoder().encode(`${JSON.stringify({ version, tests })}\n`))
}

/** Compares an engine with the goldens of PyTorch that are stored with the lab: the largest relative error. */
export async function testEngine(engine: Engine): Promise<SelfTest> {
  const { rows } = await engine.functions.check('goldens')
  const computed = rows.filter(({ reason }) => reason === undefined)
  const unsupported = rows.flatMap(({ of, reason }) => (reason === undefined ? [] : [`${of}: ${reason}`]))
  const of = subjectOf(await engine.functions.info())
  return {
    // An engine that computes nothing at all has shown nothing.
    error: computed.length > 0 ? Math.max(...computed.map(({ figure }) => figure)) : Number.POSITIVE_INFINITY,
    limit: Math.min(...rows.map(({ limit }) => limit)),
    at: new Date().toISOString(),
    ...(unsupported.length > 0 && { unsupported }),
    ...(of && { of }),
  }
}

const subjectOf = ({ version: own, device }: EngineInfo): string | undefined => device && `${own} ${device.name}`

/** Whether a self-test says something about an engine as it has started: it may have got another device. */
export const isAbout = (test: SelfTest, info: EngineInfo): boolean => test.of === subjectOf(info)

/** What of these models an engine cannot compute, and why; undefined where it can, as far as is known. */
export function whyUnsupported(test: SelfTest | undefined, configs: readonly ModelConfig[]): string | undefined {
  const cells = configs.map(equationsName)
  return test?.unsupported?.find((entry) => cells.includes(entry.split(':')[0] as string))
}

/** Throws LabError `engine-unavailable` where a model has a cell that the engine cannot compute. */
export async function refuseUnsupported(id: string, configs: readonly ModelConfig[]): Promise<void> {
  const reason = whyUnsupported((await readSelfTests())[id], configs)
  if (reason === undefined) return
  throw new LabError('engine-unavailable', `${id} cannot compute ${reason}.`, 'Use the engine wasm.', { engine: id })
}

/** Whether an engine may be used, as far as is known. */
export const isRight = (test: Pick<SelfTest, 'error' | 'limit'> | undefined): boolean =>
  test === undefined || test.error <= test.limit

export function wrongNumbers(id: string, { error, limit }: Pick<SelfTest, 'error' | 'limit'>): LabError {
  const message = `${id} computes wrong on this machine: off by ${error.toPrecision(2)}, allowed ${limit}.`
  return new LabError('engine-unavailable', message, 'It is not used. Another engine computes in its place.', {
    engine: id,
    off: error,
  })
}
