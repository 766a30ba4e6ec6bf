import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'

/** The mark of renderer/public/icon.svg, in its units (20 x 20): a state that fades beside one that lasts. */
const paper = [246, 246, 243]
const ink = [23, 24, 26]
const cornerRadius = 4
const bars = [
  ...[0.1, 0.22, 0.4, 0.68, 1].map((opacity, step) => ({ x: 2 + 3.3 * step, y: 4, width: 2.6, height: 5, opacity })),
  { x: 2, y: 11, width: 15.8, height: 5, opacity: 1 },
]

/**
 * Share of ink at a point inside the paper, or undefined outside its round corners.
 * @param {number} x @param {number} y in the mark's units
 */
function inkAt(x, y) {
  const dx = Math.max(cornerRadius - x, x - (20 - cornerRadius), 0)
  const dy = Math.max(cornerRadius - y, y - (20 - cornerRadius), 0)
  if (Math.hypot(dx, dy) > cornerRadius) return undefined
  const bar = bars.find((b) => x >= b.x && x < b.x + b.width && y >= b.y && y < b.y + b.height)
  return bar?.opacity ?? 0
}

/**
 * The mark as RGBA bytes, each pixel the mean of 4 x 4 samples.
 * @param {number} size width and height in pixels
 */
function drawMark(size) {
  const pixels = Buffer.alloc(size * size * 4)
  const samples = 4
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let inside = 0
      let share = 0
      for (let k = 0; k < samples * samples; k++) {
        const x = ((column + ((k % samples) + 0.5) / samples) * 20) / size
        const y = ((row + (Math.floor(k / samples) + 0.5) / samples) * 20) / size
        const here = inkAt(x, y)
        if (here !== undefined) {
          inside += 1
          share += here
        }
      }
      const at = (row * size + column) * 4
      const mean = inside > 0 ? share / inside : 0
      for (const channel of [0, 1, 2]) {
        pixels[at + channel] = Math.round((paper[channel] ?? 0) * (1 - mean) + (ink[channel] ?? 0) * mean)
      }
      pixels[at + 3] = Math.round((255 * inside) / (samples * samples))
    }
  }
  return pixels
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

/**
 * RGBA pixels as a PNG file (https://www.w3.org/TR/png-3/): 8 bits a channel, no filter.
 * @param {number} size @param {Buffer} pixels size * size * 4 bytes
 */
function encodePng(size, pixels) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rows = Buffer.alloc(size * (size * 4 + 1))
  for (let row = 0; row < size; row++) {
    pixels.copy(rows, row * (size * 4 + 1) + 1, row * size * 4, (row + 1) * size * 4)
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The size that every platform's icon can be made from. */
const iconSize = 1024

// node build/icon.mjs FILE
const [, script, file] = process.argv
if (script === fileURLToPath(import.meta.url) && file) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, encodePng(iconSize, drawMark(iconSize)))
}
