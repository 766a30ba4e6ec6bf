import { Context } from 'svgcanvas'

const namespace = 'http://www.w3.org/2000/svg'
const anchors: Readonly<Record<string, string>> = {
  left: 'start',
  start: 'start',
  center: 'middle',
  right: 'end',
  end: 'end',
}

/**
 * A 2D context that writes SVG. The library's own text asks for an inline style, which the page's policy refuses;
 * here fonts are read through the style's properties and written as attributes.
 */
class SvgContext extends Context {
  override fillText(words: string, x: number, y: number): void {
    this.#write(words, x, y, { fill: String(this.fillStyle) })
  }

  override strokeText(words: string, x: number, y: number): void {
    this.#write(words, x, y, {
      fill: 'none',
      stroke: String(this.strokeStyle),
      'stroke-width': String(this.lineWidth),
      'stroke-linejoin': this.lineJoin,
    })
  }

  #write(words: string, x: number, y: number, paint: Readonly<Record<string, string>>): void {
    const { style } = document.createElement('span')
    style.font = this.font
    const { a, b, c, d, e, f } = this.getTransform()
    const attributes = {
      x: String(x),
      y: String(y),
      transform: `matrix(${[a, b, c, d, e, f].join(' ')})`,
      'font-family': style.fontFamily,
      'font-size': style.fontSize,
      'font-weight': style.fontWeight,
      'text-anchor': anchors[this.textAlign] ?? 'start',
      'dominant-baseline': this.textBaseline === 'middle' ? 'central' : 'alphabetic',
      ...paint,
    }
    const element = document.createElementNS(namespace, 'text')
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.textContent = words
    const root = this.getSvg()
    ;(root.querySelector(':scope > g') ?? root).append(element)
  }
}

/** What `draw` draws, as the text of an SVG file with a title and a description. */
export function svgOf(
  [width, height]: readonly [number, number],
  draw: (g: CanvasRenderingContext2D) => void,
  title: string,
  description: string,
): string {
  const g = new SvgContext({ width, height })
  draw(g)
  const svg = g.getSvg()
  for (const [name, words] of [
    ['desc', description],
    ['title', title],
  ] as const) {
    const element = document.createElementNS(namespace, name)
    element.textContent = words
    svg.prepend(element)
  }
  return new XMLSerializer().serializeToString(svg)
}
