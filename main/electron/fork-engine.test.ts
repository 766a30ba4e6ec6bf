import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UtilityProcess } from 'electron'
import { expect, it } from 'vitest'
import { engineChild } from './fork-engine.ts'

/** Behaves as Electron's utility process does at its worst: see the traps in fork-engine.ts. */
class Utility extends EventEmitter {
  pid: number | undefined = 4321
  exiting = false
  readonly posted: unknown[] = []
  kills = 0
  postMessage(message: unknown): void {
    if (this.exiting) throw new Error('Electron would crash here')
    this.posted.push(message)
  }
  kill(): boolean {
    this.kills += 1
    return true
  }
  exit(code: number): void {
    this.exiting = true
    this.pid = undefined
    this.emit('exit', code)
    this.emit('exit', code)
  }
}

function start() {
  const utility = new Utility()
  const killed: number[] = []
  return { utility, killed, child: engineChild(utility as unknown as UtilityProcess, (pid) => killed.push(pid)) }
}

it('passes messages both ways', () => {
  const { utility, child } = start()
  const received: unknown[] = []
  child.receive((message) => received.push(message))
  utility.emit('message', { rows: 1 })
  child.post('play')
  expect([received, utility.posted]).toEqual([[{ rows: 1 }], ['play']])
})

it('reports an exit once, after Electron is done with it, and posts nothing from then on', async () => {
  const { utility, child } = start()
  const exits: unknown[] = []
  child.onExit((...exit) => {
    exits.push(exit)
    child.post('too late')
  })
  utility.exit(0)
  expect(exits).toEqual([])
  await sleep(20)
  expect(exits).toEqual([[0, null]])
  expect(utility.posted).toEqual([])
})

it('ends a process that does not end by itself', async () => {
  const { utility, killed, child } = start()
  child.kill()
  expect(utility.kills).toBe(1)
  await sleep(1200)
  expect(killed).toEqual([4321])
  utility.exit(9)
  child.kill()
  expect(utility.kills).toBe(1)
})

it('leaves alone one that does', async () => {
  const { utility, killed, child } = start()
  child.kill()
  utility.exit(0)
  await sleep(1200)
  expect(killed).toEqual([])
})
