import type { Palette } from './colour.ts'
import { faceOf } from './faces.ts'

export type Context = CanvasRenderingContext2D
export type Point = readonly [x: number, y: number]

/** Sizes a canvas to w x h CSS pixels of `ratio` pixels each and clears it. */
export function surface(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): Context {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('This browser gives no 2D canvas.')
  const w = Math.max(1, Math.round(width * ratio))
  const h = Math.max(1, Math.round(height * ratio))
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

export interface Stroke {
  readonly colour: string
  readonly width?: number
  readonly dash?: readonly number[]
}

/** A line through the points; a point with a NaN breaks it. */
export function polyline(g: Context, points: Iterable<Point>, { colour, width = 1.5, dash = [] }: Stroke): void {
  g.save()
  g.beginPath()
  let drawing = false
  for (const [x, y] of points) {
    if (Number.isNaN(x) || Number.isNaN(y)) drawing = false
    else if (drawing) g.lineTo(x, y)
    else {
      g.moveTo(x, y)
      drawing = true
    }
  }
  g.strokeStyle = colour
  g.lineWidth = width
  g.lineJoin = 'round'
  g.lineCap = 'round'
  g.setLineDash([...dash])
  g.stroke()
  g.restore()
}

export function rule(g: Context, from: Point, to: Point, { colour, width = 1, dash = [] }: Stroke): void {
  g.save()
  g.beginPath()
  g.moveTo(...from)
  g.lineTo(...to)
  g.strokeStyle = colour
  g.lineWidth = width
  g.setLineDash([...dash])
  g.stroke()
  g.restore()
}

export interface TextStyle {
  readonly colour: string
  readonly size?: number
  readonly weight?: number
  readonly align?: CanvasTextAlign
  readonly baseline?: CanvasTextBaseline
  /** Drawn around the letters, so that they can be read over lines. */
  readonly halo?: string
}

function setFont(g: Context, palette: Palette, { weight = 400, size = 11 }: Pick<TextStyle, 'size' | 'weight'>): void {
  g.font = `${weight} ${size}px ${palette.font}`
}

/** Pixels that words take in a line. */
export function widthOf(
  g: Context,
  palette: Palette,
  words: string,
  style: Pick<TextStyle, 'size' | 'weight'>,
): number {
  setFont(g, palette, style)
  return g.measureText(words).width
}

export function text(g: Context, palette: Palette, words: string, [x, y]: Point, style: TextStyle): void {
  setFont(g, palette, style)
  g.fillStyle = style.colour
  g.textAlign = style.align ?? 'left'
  g.textBaseline = style.baseline ?? 'alphabetic'
  if (style.halo) {
    g.strokeStyle = style.halo
    g.lineWidth = 3
    g.lineJoin = 'round'
    g.strokeText(words, x, y)
  }
  g.fillText(words, x, y)
}

/** Words broken into lines of at most `width` pixels in the context's font; Chinese breaks between characters. */
export function wrapped(g: Context, words: string, width: number): string[] {
  const pieces = words.match(/[\p{Script=Han}][，。：；、？]?|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? []
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    if (line && g.measureText(line + piece.trimEnd()).width > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += piece
  }
  return line ? [...lines, line.trimEnd()] : lines
}

/** As much of a word as fits in the context's font, with an ellipsis for the rest; nothing where not even that fits. */
export function shortened(g: Context, word: string, width: number): string {
  if (g.measureText(word).width <= width) return word
  const letters = [...word]
  for (let kept = letters.length - 1; kept > 0; kept -= 1) {
    const part = `${letters.slice(0, kept).join('')}…`
    if (g.measureText(part).width <= width) return part
  }
  return ''
}

/** Diagonal hairlines: not measured (or, on yellow, not finite). */
export function hatch(g: Context, x: number, y: number, w: number, h: number, colour: string, gap = 7): void {
  if (w <= 0 || h <= 0) return
  g.save()
  g.beginPath()
  g.rect(x, y, w, h)
  g.clip()
  g.strokeStyle = colour
  g.lineWidth = 1
  g.beginPath()
  for (let k = -h; k < w; k += gap) {
    g.moveTo(x + k, y + h)
    g.lineTo(x + k + h, y)
  }
  g.stroke()
  g.restore()
}

/** A grid of dots: there is no such place. */
export function dots(g: Context, x: number, y: number, w: number, h: number, colour: string, gap = 6): void {
  g.fillStyle = colour
  for (let row = gap / 2; row < h; row += gap) {
    for (let column = gap / 2; column < w; column += gap) g.fillRect(x + column, y + row, 1, 1)
  }
}

/** A cell's mark: shape goes with colour, so that colour is never alone. */
export function cellMark(g: Context, cell: string, [x, y]: Point, r: number, colour: string, open = false): void {
  g.beginPath()
  const face = faceOf(cell)
  if (face.family === 'rnn') g.arc(x, y, r, 0, 2 * Math.PI)
  else if (face.family === 'lstm') g.rect(x - r, y - r, 2 * r, 2 * r)
  else if (face.family === 'gru') {
    g.moveTo(x, y - 1.15 * r)
    g.lineTo(x + 1.15 * r, y + r)
    g.lineTo(x - 1.15 * r, y + r)
    g.closePath()
  } else {
    g.moveTo(x, y - 1.3 * r)
    g.lineTo(x + 1.3 * r, y)
    g.lineTo(x, y + 1.3 * r)
    g.lineTo(x - 1.3 * r, y)
    g.closePath()
  }
  if (open || face.open) {
    g.strokeStyle = colour
    g.lineWidth = 1.5
    g.stroke()
  } else {
    g.fillStyle = colour
    g.fill()
  }
}
