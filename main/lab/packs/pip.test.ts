import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { installRecipe } from './install.ts'
import type { PackProgress } from './progress.ts'
import { carryBinding, coreWheel, cudaWheel, smallRecipe } from './small-recipe.ts'

let folder: string
let engines: string
let dropBinding: () => void
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-install-'))
  engines = join(folder, 'engines')
  vi.stubEnv('UNROLL_ENGINES', engines)
  dropBinding = carryBinding(folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  dropBinding()
  rmSync(folder, { recursive: true })
})

const passes = async () => ({ error: 1e-6, limit: 1e-4 })
const here = () => readdirSync(engines).filter((name) => name !== 'lock.sqlite')

const hasPip = (() => {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** An index of wheels on this machine, as pip reads one: slow on request, so that a download takes its time. */
function serve(paths: readonly string[], pause: number): { server: Server; sent: string[] } {
  const sent: string[] = []
  const server = createServer(async (request, response) => {
    const name = basename(request.url ?? '')
    const path = paths.find((candidate) => basename(candidate) === name)
    if (!path) {
      const links = paths.map((candidate) => `<a href="/files/${basename(candidate)}">${basename(candidate)}</a>`)
      response
        .setHeader('content-type', 'text/html')
        .end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`)
      return
    }
    sent.push(name)
    const content = readFileSync(path)
    response.setHeader('content-length', content.length)
    for (let at = 0; at < content.length && !response.destroyed; at += 1 << 18) {
      response.write(content.subarray(at, at + (1 << 18)))
      if (pause > 0) await setTimeout(pause)
    }
    response.end()
  })
  return { server, sent }
}

describe.skipIf(!hasPip)('what pip fetches', () => {
  let server: Server
  const start = async (paths: readonly string[], pause = 0): Promise<string[]> => {
    const served = serve(paths, pause)
    server = served.server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`)
    return served.sent
  }
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  test('is reported in bytes while it comes, whatever version pip has', { timeout: 60_000 }, async () => {
    const paths = [coreWheel(folder), cudaWheel(folder, 4 << 20)]
    await start(paths, 100)
    const seen: PackProgress[] = []
    const made = smallRecipe(paths)
    const pack = await installRecipe(made, { selfTest: passes, onProgress: (progress) => seen.push(progress) })
    const total = made.archives.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
    const done = seen.filter(({ stage }) => stage === 'download').map((progress) => progress.done ?? -1)
    expect(new Set(seen.filter(({ stage }) => stage === 'download').map((progress) => progress.total))).toEqual(
      new Set([total]),
    )
    expect([done[0], done.at(-1)]).toEqual([0, total])
    expect(done.toSorted((a, b) => a - b)).toEqual(done)
    expect(done.filter((bytes) => bytes > 1 << 18 && bytes < total - (1 << 18)).length).toBeGreaterThan(1)
    expect(here().sort()).toEqual(['.downloads', basename(pack.folder), 'current.json'].sort())
    expect(readdirSync(join(engines, '.downloads'))).toEqual([])
  })

  test('before it is interrupted is not fetched again', { timeout: 60_000 }, async () => {
    const paths = [coreWheel(folder), cudaWheel(folder, 4 << 20)]
    const sent = await start(paths, 100)
    const made = smallRecipe(paths)
    const stop = new AbortController()
    const enough = (made.archives[0]?.bytes ?? 0) + (1 << 18)
    const first = installRecipe(made, {
      selfTest: passes,
      signal: stop.signal,
      onProgress: ({ done = 0 }) => done > enough && stop.abort(),
    })
    await expect(first).rejects.toThrow(/abort/)
    // The half of the second is gone, the whole of the first is kept.
    expect(readdirSync(join(engines, '.downloads'))).toEqual([basename(paths[0] as string)])
    expect(here()).toEqual(['.downloads'])
    await installRecipe(made, { selfTest: passes })
    expect(sent.filter((name) => name === basename(paths[0] as string))).toHaveLength(1)
  })

  test('is fetched again where it was damaged on the disk', { timeout: 60_000 }, async () => {
    const paths = [coreWheel(folder), cudaWheel(folder)]
    const sent = await start(paths)
    const made = smallRecipe(paths)
    mkdirSync(join(engines, '.downloads'), { recursive: true })
    writeFileSync(join(engines, '.downloads', basename(paths[0] as string)), Buffer.alloc(made.archives[0]?.bytes ?? 0))
    await installRecipe(made, { selfTest: passes })
    expect(sent).toEqual(paths.map((path) => basename(path)))
  })

  test('is refused where the index has another file under that name', { timeout: 60_000 }, async () => {
    const paths = [coreWheel(folder), cudaWheel(folder)]
    await start(paths)
    const made = smallRecipe(paths)
    const archives = made.archives.map((archive) => ({ ...archive, sha256: '0'.repeat(64) }))
    const installing = installRecipe({ ...made, archives }, { selfTest: passes })
    await expect(installing).rejects.toThrow(/pip could not fetch unroll-test-core 1\.0: what it got is not what/)
    expect(readdirSync(join(engines, '.downloads'))).toEqual([])
  })
})
