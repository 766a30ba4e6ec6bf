import type { Palette } from './colour.ts'
import { type Columns, edgeOf, stepsIn } from './columns.ts'
import { gradientColour, type LogScale } from './scale.ts'
import { type Context, dots, hatch, polyline, rule } from './surface.ts'

/**
 * Rows of flow(t): `values` is [count, T], row-major, `step` the training step of each row. NaN: no example of
 * that batch has such a step; its place is dotted.
 */
export interface Flow {
  readonly count: number
  readonly step: Int32Array
  readonly values: Float32Array
}

/** Largest of a column's time steps, infinity before all; NaN where none of them exists. */
export function columnValue(row: Float32Array, from: number, to: number): number {
  let largest = Number.NaN
  for (let t = from; t < to; t += 1) {
    const value = row[t] as number
    if (!(value <= largest) && !Number.isNaN(value)) largest = value
  }
  return largest
}

/** Per pixel line the flow row shown there (the latest measured by then), -1 where none is yet. */
export function rowsOfLines(flow: Flow, lines: number, total: number): Int32Array {
  const rows = new Int32Array(lines).fill(-1)
  const last = flow.count ? (flow.step[flow.count - 1] as number) : -1
  let row = -1
  for (let line = 0; line < lines; line += 1) {
    if ((line / lines) * total > last) break
    while (row + 1 < flow.count && (flow.step[row + 1] as number) <= Math.max(1, ((line + 1) / lines) * total)) row += 1
    rows[line] = row
  }
  return rows
}

/** Lines whose median the horizon's contour follows: what flickers from row to row would cover the picture. */
const medianLines = 9

/** The median of the `width` values around each, fewer at the ends; NaN where the value itself is NaN. */
export function runningMedian(values: readonly number[], width: number): number[] {
  const half = (width - 1) >> 1
  return values.map((value, at) => {
    if (Number.isNaN(value)) return value
    const around = values.slice(Math.max(0, at - half), at + half + 1).filter((other) => !Number.isNaN(other))
    return around.sort((a, b) => a - b)[around.length >> 1] as number
  })
}

/**
 * Gradient flow over training: time step across, training step down, at data resolution (one pixel
 * a column and line), repainting only lines whose row changed; `draw` scales it by whole pixels.
 */
export class Waterfall {
  #canvas = document.createElement('canvas')
  #image: ImageData | undefined
  #rows: Int32Array = new Int32Array(0)
  #key = ''

  draw(
    g: Context,
    flow: Flow,
    columns: Columns,
    height: number,
    total: number,
    scale: LogScale,
    palette: Palette,
    horizons?: Float32Array,
  ): void {
    const filled = this.#paint(flow, columns, height, total, scale, palette)
    g.fillStyle = palette.bg
    g.fillRect(0, 0, columns.width, height)
    hatch(g, 0, filled, columns.width, height - filled, palette.line)
    if (!filled) return
    g.fillStyle = palette.surface
    g.fillRect(0, 0, columns.width, filled)
    dots(g, 0, 0, columns.width, filled, palette.line2)
    g.imageSmoothingEnabled = false
    g.drawImage(this.#canvas, 0, 0, columns.count, filled, 0, 0, columns.width, filled)
    this.#hatchNotFinite(g, flow, columns, filled, palette)
    if (!horizons) return
    g.save()
    g.beginPath()
    g.rect(0, 0, columns.width, filled)
    g.clip()
    this.#contour(g, columns, filled, horizons, palette)
    g.restore()
  }

  #paint(flow: Flow, columns: Columns, height: number, total: number, scale: LogScale, palette: Palette): number {
    const key = `${columns.first} ${columns.count} ${columns.per} ${height} ${scale.lo} ${scale.hi} ${palette.bg}`
    const context = this.#canvas.getContext('2d')
    if (!context) return 0
    if (key !== this.#key || !this.#image) {
      this.#canvas.width = columns.count
      this.#canvas.height = height
      this.#image = context.createImageData(columns.count, height)
      this.#rows = new Int32Array(height).fill(-1)
      this.#key = key
    }
    const rows = rowsOfLines(flow, height, total)
    const words = new Uint32Array(this.#image.data.buffer)
    let top = height
    let bottom = 0
    let filled = 0
    for (let line = 0; line < height; line += 1) {
      const row = rows[line] as number
      if (row >= 0) filled = line + 1
      if (row === this.#rows[line]) continue
      top = Math.min(top, line)
      bottom = line + 1
      const values = flow.values.subarray(row * columns.steps, (row + 1) * columns.steps)
      for (let column = 0; column < columns.count; column += 1) {
        const value = columnValue(values, ...stepsIn(columns, column))
        words[line * columns.count + column] =
          row < 0 || Number.isNaN(value) ? 0 : gradientColour(value, scale, palette)
      }
    }
    this.#rows = rows
    if (bottom > top) context.putImageData(this.#image, 0, 0, 0, top, columns.count, bottom - top)
    return filled
  }

  #hatchNotFinite(g: Context, flow: Flow, columns: Columns, filled: number, palette: Palette): void {
    let start = -1
    for (let line = 0; line <= filled; line += 1) {
      const row = line < filled ? (this.#rows[line] as number) : -1
      const broken = row >= 0 && !Number.isFinite(flow.values[(row + 1) * columns.steps - 1])
      if (broken && start < 0) start = line
      if (!broken && start >= 0) {
        hatch(g, 0, start, columns.width, line - start, palette.nanInk, 9)
        start = -1
      }
    }
  }

  #contour(g: Context, columns: Columns, filled: number, horizons: Float32Array, palette: Palette): void {
    const lines = Array.from({ length: filled }, (_, line) => horizons[this.#rows[line] as number] ?? Number.NaN)
    const points = runningMedian(lines, medianLines).flatMap((horizon, line): [number, number][] => {
      const x = edgeOf(columns, columns.steps - horizon)
      return [
        [x, line],
        [x, line + 1],
      ]
    })
    polyline(g, points, { colour: palette.halo, width: 2.5 })
    polyline(g, points, { colour: palette.ink, width: 1 })
  }
}

/** A line with a paper halo, readable over any colour. */
export function crosshair(g: Context, palette: Palette, x: number, y: number, width: number, height: number): void {
  for (const [colour, size] of [
    [palette.halo, 3],
    [palette.ink, 1],
  ] as const) {
    if (y >= 0) rule(g, [0, y], [width, y], { colour, width: size })
    rule(g, [x, 0], [x, height], { colour, width: size })
  }
}

/** The whole waterfall in a thumbnail of w x h pixels, without axes. */
export function drawThumbnail(
  g: Context,
  flow: Flow,
  steps: number,
  total: number,
  [w, h]: readonly [number, number],
  scale: LogScale,
  palette: Palette,
): void {
  const rows = rowsOfLines(flow, h, total)
  const image = new ImageData(w, h)
  const words = new Uint32Array(image.data.buffer)
  for (let y = 0; y < h; y += 1) {
    const row = rows[y] as number
    for (let x = 0; x < w; x += 1) {
      const value = flow.values[row * steps + Math.floor((x / w) * steps)] as number
      words[y * w + x] = row < 0 || Number.isNaN(value) ? 0 : gradientColour(value, scale, palette)
    }
  }
  const canvas = document.createElement('canvas')
  canvas.width = w
  canvas.height = h
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  g.imageSmoothingEnabled = false
  hatch(g, 0, 0, w, h, palette.line, 5)
  g.fillStyle = palette.surface
  g.fillRect(0, 0, w, rows.filter((row) => row >= 0).length)
  g.drawImage(canvas, 0, 0, w, h)
}
