import { describe, expect, it } from 'vitest'
import { isOwnFrame, isPage, mayLoad, mayOpenOutside, pageAddress, webPreferences } from './security.ts'

describe('addresses', () => {
  it.each([pageAddress, 'app://unroll/index.html', 'app://unroll/#/experiment/1'])('%s is the page', (address) => {
    expect(isPage(address)).toBe(true)
  })

  it.each([
    'app://other/',
    'app://unroll.example/',
    'app://user@unroll/',
    'file:///etc/passwd',
    'http://unroll/',
    'about:blank',
    'javascript:alert(1)',
    '',
  ])('"%s" is not the page', (address) => {
    expect(isPage(address)).toBe(false)
  })

  it.each(['https://example.org/', 'http://127.0.0.1/', 'ws://127.0.0.1:1/', 'file:///x', 'about:blank', ''])(
    '"%s" is not loaded',
    (address) => expect(mayLoad(address)).toBe(false),
  )

  it.each([pageAddress, 'blob:app://unroll/8c1', 'data:image/png;base64,AA=='])('%s is loaded', (address) => {
    expect(mayLoad(address)).toBe(true)
  })

  it('opens cited sites outside, over https on its own port alone', () => {
    expect(mayOpenOutside('https://arxiv.org/abs/1211.5063')).toBe(true)
    for (const address of [
      'http://arxiv.org/',
      'https://arxiv.org:444/',
      'https://user@arxiv.org/',
      'https://arxiv.org.example/',
      'https://example.org/?arxiv.org',
      'file:///bin/sh',
      'arxiv.org',
    ]) {
      expect(mayOpenOutside(address), address).toBe(false)
    }
  })
})

describe('the sender of a message', () => {
  const page = { url: pageAddress, parent: null }

  it('is the page itself', () => expect(isOwnFrame(page)).toBe(true))

  it('is not a frame inside it, another page, or one that is gone', () => {
    expect(isOwnFrame({ url: pageAddress, parent: page })).toBe(false)
    expect(isOwnFrame({ url: 'https://example.org/', parent: null })).toBe(false)
    expect(isOwnFrame(null)).toBe(false)
  })
})

it('a window has the powers of a web page and no more', () => {
  expect(webPreferences).toMatchInlineSnapshot(`
    {
      "allowRunningInsecureContent": false,
      "contextIsolation": true,
      "experimentalFeatures": false,
      "navigateOnDragDrop": false,
      "nodeIntegration": false,
      "nodeIntegrationInSubFrames": false,
      "nodeIntegrationInWorker": false,
      "sandbox": true,
      "spellcheck": false,
      "webSecurity": true,
      "webviewTag": false,
    }
  `)
})
