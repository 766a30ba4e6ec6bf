import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

  it('comes from a package that the lock file pins, on every platform that has one', () => {
    const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
    const pinned = [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'arm64'],
      ['win32', 'x64'],
    ] as const
    for (const [platform, arch] of pinned) {
      const [, name, file] = /node_modules[\\/](node-[a-z0-9-]+)[\\/](.+)$/.exec(packagedNode(platform, arch)) ?? []
      const entry = lock.packages[`node_modules/${name}`]
      expect(entry.version).toMatch(/^24\./)
      expect(entry.bin.node).toBe(file?.replaceAll('\\', '/'))
    }
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
