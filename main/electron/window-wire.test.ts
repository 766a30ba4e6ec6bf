import type { WebFrameMain } from 'electron'
import { expect, it } from 'vitest'
import { maxUploadBytes } from '../../shared/method.ts'
import { pageAddress } from './security.ts'
import { acceptedFrame } from './window-wire.ts'

const page = { url: pageAddress, parent: null } as WebFrameMain
const frame = new Uint8Array([1])

it('accepts bytes of the page itself', () => {
  expect(acceptedFrame(page, frame)).toBe(frame)
})

it('refuses other senders, other values and frames over the limit', () => {
  expect(acceptedFrame(null, frame)).toBeUndefined()
  expect(acceptedFrame({ url: pageAddress, parent: page } as WebFrameMain, frame)).toBeUndefined()
  expect(acceptedFrame({ url: 'https://example.org', parent: null } as WebFrameMain, frame)).toBeUndefined()
  for (const value of ['text', [1], { byteLength: 1 }, null, new ArrayBuffer(1)]) {
    expect(acceptedFrame(page, value)).toBeUndefined()
  }
  expect(acceptedFrame(page, new Uint8Array(maxUploadBytes + 128 * 1024))).toBeUndefined()
})
