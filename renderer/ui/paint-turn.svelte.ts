/** Milliseconds for pictures in one frame: one that comes after them waits for the next. */
const enough = 50

let spent = 0
let isNoted = false
let waiting: (() => void)[] = []

/** With the next frame there is time again, for those first that wait. */
function renew(): void {
  if (isNoted) return
  isNoted = true
  requestAnimationFrame(() => {
    isNoted = false
    spent = 0
    const next = waiting
    waiting = []
    for (const go of next) go()
  })
}

/** One picture's turn among all of a page: many large ones are drawn over several frames, so that the page stays usable. */
export class PaintTurn {
  isWaiting = $state(false)
  #turns = $state(0)

  /** Paints now or runs the effect that it is called in again when there is time; until then nothing else does. */
  take(paint: () => void): void {
    void this.#turns
    renew()
    const waits = spent >= enough
    this.isWaiting = waits
    if (waits) {
      waiting.push(() => (this.#turns += 1))
      return
    }
    const started = performance.now()
    paint()
    spent += performance.now() - started
  }
}
