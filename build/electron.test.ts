import { describe, expect, it } from 'vitest'
import { electronProgram, noWindowBecause } from './electron.mjs'

describe('whether a window can be shown', () => {
  it('needs a display on Linux, X or Wayland', () => {
    expect(noWindowBecause({ platform: 'linux', env: {}, uid: 1000 })).toBe('there is no display')
    expect(noWindowBecause({ platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 })).toBeUndefined()
    expect(noWindowBecause({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, uid: 1000 })).toBeUndefined()
  })

  it('is refused to root on Linux, where the sandbox does not work', () => {
    expect(noWindowBecause({ platform: 'linux', env: { DISPLAY: ':0' }, uid: 0 })).toMatch(/root/)
  })

  it('is taken for granted elsewhere', () => {
    expect(noWindowBecause({ platform: 'darwin', env: {}, uid: 501 })).toBeUndefined()
    expect(noWindowBecause({ platform: 'win32', env: {} })).toBeUndefined()
  })
})

it("Electron's program lies in its own folder or in the one given", () => {
  expect(electronProgram('linux', {})).toMatch(/node_modules.electron.dist.electron$/)
  expect(electronProgram('win32', { ELECTRON_OVERRIDE_DIST_PATH: 'C:/e' })).toMatch(/electron\.exe$/)
})
