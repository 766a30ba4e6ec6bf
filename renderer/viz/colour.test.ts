import { describe, expect, test } from 'vitest'
import { buildLut, cssColour, inkOn, pack, parseHex, unpack } from './colour.ts'

describe('colour scales', () => {
  const knots = ['#fbfaf7', '#d24274', '#161136'].map(parseHex)

  test('pass through their knots and hold 256 entries', () => {
    const lut = buildLut(knots)
    expect(lut).toHaveLength(256)
    expect(unpack(lut[0] as number)).toEqual(knots[0])
    expect(unpack(lut[255] as number)).toEqual(knots[2])
  })

  test('darken evenly from paper to ink', () => {
    const lut = buildLut(knots)
    const greens = Array.from(lut, (word) => unpack(word)[1])
    expect(greens.every((green, k) => k === 0 || green <= (greens[k - 1] as number) + 1)).toBe(true)
  })

  test('pack as ImageData reads them', () => {
    const bytes = new Uint8Array(Uint32Array.of(pack([1, 2, 3])).buffer)
    expect([...bytes]).toEqual([1, 2, 3, 255])
    expect(cssColour(pack([1, 2, 3]))).toBe('rgb(1 2 3)')
  })

  test('carry black or white text, whichever is stronger', () => {
    expect(inkOn(pack([250, 250, 250]))).toBe('#000000')
    expect(inkOn(pack([20, 20, 60]))).toBe('#ffffff')
  })
})
