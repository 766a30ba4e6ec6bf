import { cssColour, type Palette } from '../../viz/colour.ts'
import { signedColour } from '../../viz/scale.ts'

/** A wire's colour and width say its value: ochre positive, blue negative, thicker is larger. */
export function wire(value: number, palette: Palette): { readonly stroke: string; readonly 'stroke-width': number } {
  const size = Math.min(1, Math.abs(value) / 3)
  return {
    stroke: cssColour(signedColour(Math.sign(value) * (0.45 + 0.5 * size), 1, palette)),
    'stroke-width': 1.25 + 3.25 * size,
  }
}
