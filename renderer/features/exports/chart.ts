import type { Floats, Integers } from '../../../shared/ndarray.ts'
import { writeNpz } from '../../../shared/npz.ts'
import type { Palette } from '../../viz/colour.ts'
import { type Context, surface } from '../../viz/surface.ts'
import { bytesBlob } from './save.ts'
import { svgOf } from './svg.ts'

/** One thing that can be taken home: as a picture, as the numbers that it shows, as the arrays behind it. */
export interface Chart {
  readonly id: string
  readonly title: string
  readonly note: string
  /** What it shows, in a sentence; below the picture and inside the SVG. */
  readonly caption: string
  /** A dense heatmap: a picture of dots, which as SVG would be a rectangle for each. */
  readonly dense: boolean
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly draw: (g: Context, palette: Palette) => void
  /** Exactly the values shown. */
  readonly csv: () => string
  readonly arrays: () => Readonly<Record<string, Floats | Integers>>
}

export const chartFormats = ['png', 'svg', 'csv', 'npz'] as const
export type ChartFormat = (typeof chartFormats)[number]

export const formatsOf = ({ dense }: Chart): readonly ChartFormat[] =>
  chartFormats.filter((format) => format !== 'svg' || !dense)

/** Draws a chart on a canvas as it will be in the file, `ratio` pixels for each of the figure's. */
export function drawChart(chart: Chart, canvas: HTMLCanvasElement, palette: Palette, ratio: number): void {
  chart.draw(surface(canvas, chart.width, chart.height, ratio), palette)
}

async function png(chart: Chart, palette: Palette): Promise<Blob> {
  const canvas = document.createElement('canvas')
  drawChart(chart, canvas, palette, 2)
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be made.'))), 'image/png'),
  )
}

export async function chartFile(chart: Chart, format: ChartFormat, palette: Palette): Promise<Blob> {
  if (format === 'png') return png(chart, palette)
  if (format === 'svg') {
    const { width, height, title, caption } = chart
    return new Blob([svgOf([width, height], (g) => chart.draw(g, palette), title, caption)], { type: 'image/svg+xml' })
  }
  if (format === 'csv') return new Blob([chart.csv()], { type: 'text/csv' })
  return bytesBlob(writeNpz(chart.arrays()), 'application/zip')
}

/** Puts the picture on the clipboard. */
export async function copyChart(chart: Chart, palette: Palette): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': png(chart, palette) })])
}
