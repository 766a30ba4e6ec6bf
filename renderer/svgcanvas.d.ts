/** The part of svgcanvas that the page uses: a 2D context that writes SVG. */
declare module 'svgcanvas' {
  export const Context: new (options: {
    readonly width: number
    readonly height: number
  }) => CanvasRenderingContext2D & { getSerializedSvg(fixNamedEntities?: boolean): string }
}
