import { describe, expect, it } from 'vitest'
import { missingPackages } from './install.mjs'

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  },
}
const installed = {
  packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/a/node_modules/b': { version: '2.0.0' } },
}

describe('missing packages', () => {
  it('are none when everything is there, another platform left out', () => {
    expect(missingPackages(lock, installed)).toEqual([])
  })

  it('are all of them before the first installation', () => {
    expect(missingPackages(lock, {})).toEqual(['node_modules/a', 'node_modules/a/node_modules/b'])
  })

  it('include one of another version, optional or not', () => {
    const other = { packages: { ...installed.packages, 'node_modules/other-platform': { version: '0.9.0' } } }
    expect(missingPackages(lock, other)).toEqual(['node_modules/other-platform'])
  })
})
