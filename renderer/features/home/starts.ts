import type { Palette } from '../../viz/colour.ts'
import { type Context, hatch, polyline, text } from '../../viz/surface.ts'

/** Heights of an adding problem's numbers, in percent, and which two are marked. */
const numbers = [44, 80, 18, 61, 32, 93, 52, 12, 70, 38, 85, 24, 57, 9, 66, 40, 77, 29, 50, 90, 15]
const marked = [4, 15]

/** Small drawings of what a person starts with, each in 150 x 40 pixels. */
export const drawStart: Readonly<Record<'distance' | 'language' | 'series' | 'own', (g: Context, p: Palette) => void>> =
  {
    distance: (g, palette) =>
      numbers.forEach((number, k) => {
        const on = marked.includes(k)
        g.fillStyle = on ? palette.ink : palette.line2
        g.fillRect(k * 7, 28 - number * 0.26, 4, number * 0.26)
        if (!on) return
        g.beginPath()
        g.arc(k * 7 + 2, 35, 2.5, 0, 2 * Math.PI)
        g.fill()
      }),
    language: (g, palette) => {
      const strong = { colour: palette.ink, size: 12, weight: 600 }
      text(g, palette, 'cats', [0, 24], strong)
      hatch(g, 32, 14, 62, 12, palette.line2, 5)
      text(g, palette, 'were', [102, 24], strong)
    },
    series: (g, palette) => {
      const wave = (from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, k) => [from + k, 20 - 13 * Math.sin((from + k) / 9)] as const)
      polyline(g, wave(1, 100), { colour: palette.line2, width: 2 })
      polyline(g, wave(100, 148), { colour: palette.ink, width: 2 })
    },
    own: (g, palette) => {
      g.setLineDash([4, 3])
      g.strokeStyle = palette.ink3
      g.strokeRect(0.5, 3.5, 116, 32)
      g.setLineDash([])
      text(g, palette, '.txt   .csv', [58, 24], { colour: palette.ink2, size: 12, align: 'center' })
    },
  }
