import type { Attachment } from 'svelte/attachments'
import type { TimeAxis } from '../state/time-axis.svelte.ts'
import { type Columns, stepAt } from '../viz/columns.ts'

/** A sequence longer than this has an overview, and the wheel zooms it. */
export const longFrom = 200
/** A turn of the wheel by this many pixels halves or doubles the stretch. */
const halvingPixels = 360
/** A pointer that is pressed and moved this far drags. */
const dragPixels = 4

/**
 * The wheel zooms at the pointer (with Ctrl where the sequence fits as it is, so that the page still scrolls),
 * sideways it moves; dragging moves; a double click fits. `left`: pixels before time begins.
 */
export const timeGestures =
  (axis: TimeAxis, columns: () => Columns, left: number): Attachment<HTMLElement> =>
  (element) => {
    const inside = (event: MouseEvent) => {
      const x = event.clientX - element.getBoundingClientRect().left - left
      return x >= 0 && x < columns().width ? x : null
    }
    const stepsOf = (pixels: number) => (pixels / columns().pixels) * columns().per

    function wheel(event: WheelEvent) {
      const x = inside(event)
      if (x === null) return
      const sideways = event.shiftKey ? event.deltaY : event.deltaX
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        if (axis.isWhole) return
        axis.move(Math.sign(sideways) * Math.max(1, Math.abs(stepsOf(sideways))))
      } else if (event.ctrlKey || axis.steps > longFrom || !axis.isWhole) {
        axis.zoom(stepAt(columns(), x), 2 ** (event.deltaY / halvingPixels))
      } else return
      event.preventDefault()
    }

    let from: { readonly x: number; moved: number } | null = null
    function down(event: PointerEvent) {
      // With Shift it is a stretch that is marked.
      const drags = !axis.isWhole && event.button === 0 && !event.shiftKey && inside(event) !== null
      from = drags ? { x: event.clientX, moved: 0 } : null
    }
    function move(event: PointerEvent) {
      if (!from || !(event.buttons & 1)) return
      const pixels = from.x - event.clientX
      if (from.moved === 0 && Math.abs(pixels) < dragPixels) return
      const steps = Math.trunc(stepsOf(pixels))
      if (steps === from.moved) return
      axis.move(steps - from.moved)
      from.moved = steps
    }
    const fit = (event: MouseEvent) => {
      if (inside(event) !== null && !event.defaultPrevented) axis.fit()
    }

    element.addEventListener('wheel', wheel, { passive: false })
    element.addEventListener('pointerdown', down)
    element.addEventListener('pointermove', move)
    element.addEventListener('dblclick', fit)
    return () => {
      element.removeEventListener('wheel', wheel)
      element.removeEventListener('pointerdown', down)
      element.removeEventListener('pointermove', move)
      element.removeEventListener('dblclick', fit)
    }
  }

/** Keys of the axis: larger, smaller, all of it; around the time step that `cursor` points at. */
export const axisKeys = (axis: TimeAxis, cursor: () => number) => ({
  '+': () => axis.zoom(cursor(), 1 / 2),
  '=': () => axis.zoom(cursor(), 1 / 2),
  '-': () => axis.zoom(cursor(), 2),
  '0': () => axis.fit(),
})
