import { describe, expect, it } from 'vitest'
import { browserPlaces } from './browser.mjs'

describe('places of an installed browser', () => {
  it('prefers Chrome to Chromium to Edge, wherever they lie on the path', () => {
    const places = browserPlaces('linux', { PATH: '/usr/local/bin:/usr/bin:' })
    expect(places.indexOf('/usr/bin/google-chrome')).toBeLessThan(places.indexOf('/usr/local/bin/chromium'))
    expect(places.indexOf('/usr/bin/chromium')).toBeLessThan(places.indexOf('/usr/local/bin/microsoft-edge'))
    expect(places.every((place) => place.startsWith('/usr/'))).toBe(true)
  })

  it('knows where macOS keeps applications', () => {
    expect(browserPlaces('darwin', {})).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome')
  })

  it('looks only where Windows has folders', () => {
    expect(browserPlaces('win32', {})).toEqual([])
    expect(browserPlaces('win32', { PROGRAMFILES: 'C:/Program Files' })[0]).toMatch(/chrome\.exe$/)
  })
})
