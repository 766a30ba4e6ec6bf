import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'
import type { Handlers } from '../../shared/contract.ts'
import { createLab, type OpenLab } from './index.ts'

/** For the tests of a file that imports this: each has a lab of its own, in an empty workspace that goes with it. */
export let folder = ''
export let lab: OpenLab
export let handlers: Handlers

/** Opens the workspace, again where a test has closed the lab. */
export async function start(): Promise<void> {
  lab = await createLab({ workspace: folder })
  handlers = lab.handlers
}

beforeEach(async () => {
  // Whatever is installed on this machine, here it is not.
  vi.stubEnv('UNROLL_ENGINES', join(tmpdir(), 'unroll-no-engines'))
  folder = await mkdtemp(join(tmpdir(), 'unroll-lab-'))
  await start()
})

afterEach(async () => {
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})
