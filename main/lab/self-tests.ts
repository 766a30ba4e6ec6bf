import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { EngineInfo } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import { writeFileSafely } from './files.ts'
import { enginesFolder } from './packs/store.ts'
import { version } from './version.ts'

type SelfTest = NonNullable<EngineInfo['selfTest']>

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
      unsupported: v.optional(v.array(v.string())),
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

/** Whether an engine may be used, as far as is known. */
export const isRight = (test: SelfTest | undefined): boolean => test === undefined || test.error <= test.limit

export function wrongNumbers(id: string, { error, limit }: Pick<SelfTest, 'error' | 'limit'>): LabError {
  const message = `${id} computes wrong on this machine: off by ${error.toPrecision(2)}, allowed ${limit}.`
  return new LabError('engine-unavailable', message, 'It is not used. Another engine computes in its place.', {
    engine: id,
  })
}
