import { type ColourTable, colourCells, type Matrix, type Rule, spreadOver, valueOver } from './aggregate.ts'
import { cssColour, inkOn, type Palette } from './colour.ts'
import { type Columns, columnOf, stepsIn } from './columns.ts'
import { boxed, compact, scientific } from './numbers.ts'
import { gradientColour, type LogScale } from './scale.ts'
import { type Context, dots, hatch, text, widthOf } from './surface.ts'
import { columnValue } from './waterfall.ts'

export interface RowLayout {
  readonly tops: readonly number[]
  readonly heights: readonly number[]
  readonly total: number
}

/** Heights of `rows` unit rows; the picked one is wide enough to print its value. */
export function rowLayout(rows: number, row: number, picked: number): RowLayout {
  const heights = Array.from({ length: rows }, (_, j) => (j === picked ? Math.max(13, row + 7) : row))
  const tops: number[] = []
  let total = 0
  for (const height of heights) {
    tops.push(total)
    total += height
  }
  return { tops, heights, total }
}

/** Units x time: which units, from the top down, in which colours. */
export interface Units {
  readonly matrix: Matrix
  readonly rows: readonly number[]
  readonly rule: Rule
  readonly table: ColourTable
}

/** Letters of a number in a cell. */
const inCell = { size: 10, weight: 500 } as const

/** Columns of this many pixels and more are set apart by a line of paper. */
const gapFrom = 6

/** Pixels and their canvas, as large as the largest picture so far: each picture uses them again. */
let pixels: { readonly image: ImageData; readonly canvas: HTMLCanvasElement } | undefined

function pixelsFor(width: number, height: number) {
  if (!pixels || pixels.image.width < width || pixels.image.height < height) {
    const image = new ImageData(Math.max(width, pixels?.image.width ?? 1), Math.max(height, pixels?.image.height ?? 1))
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    pixels = { image, canvas }
  }
  return pixels
}

/** A canvas with a picture at data resolution, one pixel a column and row; whether anything in it is not finite. */
function pixelsOf({ matrix, rows, rule, table }: Units, columns: Columns): readonly [HTMLCanvasElement, boolean] {
  const { image, canvas } = pixelsFor(columns.count, rows.length)
  const words = new Uint32Array(image.data.buffer)
  const broken = colourCells(words, matrix, rows, columns, rule, table, image.width)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context?.putImageData(image, 0, 0, 0, 0, columns.count, rows.length)
  return [canvas, broken]
}

/**
 * Units x time, one colour a cell; the picked row is set apart by paper, and the cursor's cell in it prints
 * its number. Where several steps share a column, a line in the picked row spans its least and largest value.
 */
export function drawUnits(
  g: Context,
  columns: Columns,
  layout: RowLayout,
  units: Units,
  palette: Palette,
  cursor: number,
  picked: number,
): void {
  const [image, broken] = pixelsOf(units, columns)
  const { count, width } = columns
  g.imageSmoothingEnabled = false
  const part = (from: number, to: number, top: number, height: number) => {
    if (to > from) g.drawImage(image, 0, from, count, to - from, 0, top, width, height)
  }
  const rows = units.rows.length
  const top = (row: number) => layout.tops[row] ?? layout.total
  if (picked < 0) part(0, rows, 0, layout.total)
  else {
    part(0, picked, 0, top(picked))
    part(picked, picked + 1, top(picked) + 1, (layout.heights[picked] as number) - 2)
    part(picked + 1, rows, top(picked + 1), layout.total - top(picked + 1))
  }
  if (columns.pixels >= gapFrom) {
    g.fillStyle = palette.bg
    for (let column = 1; column <= count; column += 1) g.fillRect(column * columns.pixels - 1, 0, 1, layout.total)
  }
  if (broken) hatchBroken(g, columns, layout, units, palette)
  if (picked >= 0) annotate(g, columns, layout, units, palette, cursor, picked)
}

function hatchBroken(g: Context, columns: Columns, layout: RowLayout, { matrix, rows, rule }: Units, palette: Palette) {
  for (let column = 0; column < columns.count; column += 1) {
    rows.forEach((unit, row) => {
      if (Number.isFinite(valueOver(rule, matrix, unit, ...stepsIn(columns, column)))) return
      const at = [column * columns.pixels, layout.tops[row] as number] as const
      hatch(
        g,
        ...at,
        columns.pixels - (columns.pixels >= gapFrom ? 1 : 0),
        layout.heights[row] as number,
        palette.nanInk,
        4,
      )
    })
  }
}

function annotate(
  g: Context,
  columns: Columns,
  layout: RowLayout,
  { matrix, rows, rule, table }: Units,
  palette: Palette,
  cursor: number,
  picked: number,
): void {
  const y = (layout.tops[picked] as number) + 1
  const h = (layout.heights[picked] as number) - 2
  const unit = rows[picked] as number
  if (columns.per > 1 && rule === 'gate') {
    g.fillStyle = palette.ink
    for (let column = 0; column < columns.count; column += 1) {
      const { min, max } = spreadOver(matrix, [unit], ...stepsIn(columns, column))
      g.fillRect(column * columns.pixels, y + (1 - max) * (h - 1), 1, Math.max(1, (max - min) * (h - 1)))
    }
  }
  const column = columnOf(columns, cursor)
  if (columns.per > 1 || columns.pixels < 24 || column < 0 || column >= columns.count) return
  const value = matrix.data[cursor * matrix.units + unit] as number
  if (!Number.isFinite(value)) return
  const words = rule === 'gradient' ? scientific(value, 0) : boxed(value)
  if (widthOf(g, palette, words, inCell) > columns.pixels) return
  const word = new Uint32Array(1)
  colourCells(word, matrix, [unit], { first: cursor, per: 1, count: 1 }, rule, table)
  text(g, palette, words, [(column + 0.5) * columns.pixels - 0.5, y + h / 2 + 0.5], {
    ...inCell,
    colour: inkOn(word[0] as number),
    align: 'center',
    baseline: 'middle',
  })
}

/**
 * One band of gradient norms over time, a column's largest; numbers in the cells where they fit. `ragged`: NaN is
 * a step that no example has, and its place is dotted.
 */
export function drawBand(
  g: Context,
  columns: Columns,
  height: number,
  values: Float32Array,
  scale: LogScale,
  palette: Palette,
  ragged = false,
  numbered = true,
): void {
  const matrix = { steps: values.length, units: 1, data: values }
  const gap = columns.pixels >= gapFrom ? 1 : 0
  const shown = Array.from({ length: columns.count }, (_, column) =>
    ragged
      ? columnValue(values, ...stepsIn(columns, column))
      : valueOver('gradient', matrix, 0, ...stepsIn(columns, column)),
  )
  const isAbsent = (value: number) => ragged && Number.isNaN(value)
  const words = shown.map((value) => (isAbsent(value) ? -1 : gradientColour(value, scale, palette)))
  for (let column = 0, next = 1; column < columns.count; column = next, next += 1) {
    const [value, word] = [shown[column] as number, words[column] as number]
    // Where nothing sets columns apart, those of one colour are one rectangle.
    while (!gap && words[next] === word) next += 1
    const [x, place] = [column * columns.pixels, (next - column) * columns.pixels]
    const width = place - gap
    if (isAbsent(value)) {
      dots(g, x, 0, place, height - 1, palette.line2)
      continue
    }
    g.fillStyle = cssColour(word)
    g.fillRect(x, 0, width, height - 1)
    if (!Number.isFinite(value)) hatch(g, x, 0, width, height - 1, palette.nanInk, 5)
    else if (numbered && columns.pixels >= 34) {
      text(g, palette, compact(value), [x + width / 2, height / 2], {
        ...inCell,
        colour: inkOn(word),
        align: 'center',
        baseline: 'middle',
      })
    }
  }
}
