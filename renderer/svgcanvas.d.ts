/** The part of svgcanvas that the page uses: a 2D context that writes SVG. */
declare module 'svgcanvas' {
  export class Context extends CanvasRenderingContext2D {
    constructor(options: { readonly width: number; readonly height: number })
    getSvg(): SVGSVGElement
  }
}
