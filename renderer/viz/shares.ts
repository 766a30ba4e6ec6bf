import { cssColour, type Palette } from './colour.ts'
import { type Columns, stepsIn } from './columns.ts'
import { type Context, hatch } from './surface.ts'

/** How solid each part of a stack is drawn, the first one whole. */
export const shareAlphas = [1, 0.42, 0.18] as const

/** Parts of a whole at every column, the first at the bottom; grey where there is nothing to share. */
export function drawShares(
  g: Context,
  columns: Columns,
  height: number,
  shares: (from: number, to: number) => readonly number[],
  colour: string,
  palette: Palette,
): void {
  g.fillStyle = palette.surface
  g.fillRect(0, 0, columns.width, height)
  const width = columns.pixels - (columns.pixels >= 6 ? 1 : 0)
  for (let column = 0; column < columns.count; column += 1) {
    const x = column * columns.pixels
    const parts = shares(...stepsIn(columns, column))
    const isBroken = parts.some((part) => !Number.isFinite(part))
    if (isBroken || parts.every((part) => part === 0)) {
      g.fillStyle = cssColour(isBroken ? palette.nan : palette.zero)
      g.fillRect(x, 0, width, height)
      if (isBroken) hatch(g, x, 0, width, height, palette.nanInk, 5)
      continue
    }
    g.fillStyle = colour
    let bottom = height
    parts.forEach((part, k) => {
      const h = part * height
      g.globalAlpha = shareAlphas[k] ?? 0.1
      g.fillRect(x, bottom - h, width, h)
      bottom -= h
    })
    g.globalAlpha = 1
  }
}
