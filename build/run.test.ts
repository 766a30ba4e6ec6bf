import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCode } from './run.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-run-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A program that counts signals in a file, and the real `become` around it. */
function start(program: string, command: readonly string[] = [process.execPath]) {
  const log = join(folder, 'log')
  const inner = join(folder, 'inner.mjs')
  const outer = join(folder, 'outer.mjs')
  const run = new URL('./run.mjs', import.meta.url).href
  const tie = new URL('./end-with-parent.mjs', import.meta.url).href
  writeFileSync(
    inner,
    `import { appendFileSync } from 'node:fs'\nconst log = (line) => appendFileSync(${JSON.stringify(log)}, line + '\\n')\n${program}`,
  )
  writeFileSync(
    outer,
    `import { become } from ${JSON.stringify(run)}
process.exitCode = await become(process.execPath, ['--import', ${JSON.stringify(tie)}, ${JSON.stringify(inner)}], { channel: true })`,
  )
  // A group of its own, as a shell gives a job.
  const [first = '', ...args] = command
  const env = { ...process.env, npm_lifecycle_event: 'start', NODE: process.execPath, OUTER: outer }
  const child = spawn(first, [...args, outer], { detached: true, stdio: 'ignore', env })
  const ended = new Promise<number>((resolve) => child.on('exit', (code, signal) => resolve(exitCode(code, signal))))
  const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [])
  const until = async (line: string) => {
    while (!lines().includes(line)) await sleep(10)
  }
  return { child, pid: child.pid ?? 0, ended, lines, until }
}

const waiting = `
process.on('SIGINT', () => { log('SIGINT'); setTimeout(() => process.exit(130), 200) })
process.on('SIGTERM', () => { log('SIGTERM'); setTimeout(() => process.exit(143), 50) })
setInterval(() => {}, 1000)
process.on('exit', () => log('ended'))
log('ready')`

describe.skipIf(process.platform === 'win32')('a program run in place of this one', () => {
  it('gives its exit code', async () => {
    expect(await start('process.exit(7)').ended).toBe(7)
  })

  it('gets a Ctrl-C that goes to the whole group once', async () => {
    const { pid, ended, lines, until } = start(waiting)
    await until('ready')
    process.kill(-pid, 'SIGINT')
    expect(await ended).toBe(130)
    expect(lines().filter((line) => line === 'SIGINT')).toHaveLength(1)
  })

  it('gets a signal sent to us alone', async () => {
    const { pid, ended, until } = start(waiting)
    await until('ready')
    process.kill(pid, 'SIGTERM')
    expect(await ended).toBe(143)
  })

  it('ends when the shell between npm and us is killed', async () => {
    const { pid, until } = start(waiting, ['/bin/sh', '-c', '"$NODE" "$OUTER"; true'])
    await until('ready')
    process.kill(pid, 'SIGTERM')
    await until('SIGTERM')
    await until('ended')
  })

  it('ends when we are killed', async () => {
    const { pid, until } = start(waiting)
    await until('ready')
    process.kill(pid, 'SIGKILL')
    await until('SIGTERM')
    await until('ended')
  })
})

it('a signal counts as shells count it', () => {
  expect(exitCode(null, 'SIGINT')).toBe(130)
  expect(exitCode(3, null)).toBe(3)
})
