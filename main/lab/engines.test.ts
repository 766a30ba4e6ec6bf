import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBirpc } from 'birpc'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ForkEngine } from '../engine/client.ts'
import { selfTestPack, startLabEngine } from './engines.ts'
import { type Manifest, makeCurrent, packFormat, platformName, readPack, writeManifest } from './packs/store.ts'

let engines: string
beforeEach(() => {
  engines = mkdtempSync(join(tmpdir(), 'unroll-engines-'))
  vi.stubEnv('UNROLL_ENGINES', engines)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(engines, { recursive: true })
})

const id = 'tensorflow-cuda'
/** A pack without libraries. */
async function installed(changes: Partial<Manifest> = {}) {
  const name = `${id}-1.0-00000000`
  const selfTest = { error: 1e-6, limit: 1e-4, at: '2026-01-01T00:00:00Z' }
  const about = { format: packFormat, id, version: '1.0', platform: platformName, made: '', files: [] }
  mkdirSync(join(engines, name))
  await writeManifest(join(engines, name), { ...about, selfTest, ...changes })
  await makeCurrent(id, name)
}

/** An engine process in this one, with a GPU that no machine of the tests has: it says its name and how far it is off. */
function onGpu(name: string, error: number) {
  const checks: string[] = []
  const fork: ForkEngine = () => {
    const [toHost, toEngine] = [new EventTarget(), new EventTarget()]
    const send = (to: EventTarget) => (data: unknown) => void to.dispatchEvent(new MessageEvent('message', { data }))
    const hear = (from: EventTarget) => (handler: (message: unknown) => void) =>
      from.addEventListener('message', (event) => handler((event as MessageEvent).data))
    let kill = () => {}
    let isAlive = true
    const info = { id, state: 'ready', description: '', version: '1.0', device: { name } }
    const rows = [{ of: 'lstm', figure: error, limit: 1e-4 }]
    const functions = {
      info: () => ({ value: info }),
      check: (check: string) => {
        checks.push(check)
        return { value: { rows } }
      },
    }
    createBirpc(functions, { post: send(toHost), on: hear(toEngine) })
    return {
      pid: 1,
      post: (message) => {
        if (isAlive) send(toEngine)(message)
      },
      receive: hear(toHost),
      kill: () => kill(),
      onExit: (handler) => {
        kill = () => {
          isAlive = false
          handler(null, 'SIGKILL')
        }
      },
    }
  }
  return { fork, checks }
}

test('of engines called by one name, the reason is that of the one that is installed', async () => {
  const start = () => startLabEngine({ backend: 'tensorflow' })
  await expect(start()).rejects.toThrow('tensorflow-cpu is not installed.')
  await installed({ failure: 'It has rusted.' })
  await expect(start()).rejects.toThrow('The pack of tensorflow-cuda failed its last check: It has rusted.')
})

test('a self-test that is cancelled while its engine starts is not begun', async () => {
  await installed()
  const pack = await readPack(id)
  if (!pack) throw new Error('it was installed')
  const abort = new AbortController()
  const { fork, checks } = onGpu('A', 0)
  const starting: ForkEngine = (...args) => {
    queueMicrotask(() => abort.abort())
    return fork(...args)
  }
  await expect(selfTestPack(pack, { fork: starting, signal: abort.signal })).rejects.toThrow(/abort/)
  expect(checks).toEqual([])
})
