/** A series of (step, value) thinned as it grows, so that a chart never holds more than `limit` points. */
export class ThinSeries {
  readonly points: { x: number; y: number }[] = []
  #every = 1
  #count = 0
  #sum = 0
  #limit: number

  constructor(limit = 400) {
    this.#limit = limit
  }

  /** Appends one measurement; `every` neighbours are shown as their mean. Values that are NaN are skipped. */
  append(step: number, value: number): void {
    if (!Number.isFinite(value)) return
    this.#sum += value
    this.#count += 1
    if (this.#count < this.#every) return
    this.points.push({ x: step, y: this.#sum / this.#count })
    this.#sum = 0
    this.#count = 0
    if (this.points.length >= this.#limit) this.#halve()
  }

  clear(): void {
    this.points.length = 0
    this.#every = 1
    this.#count = 0
    this.#sum = 0
  }

  /** Joins neighbours; the first and the last point stay where they are. */
  #halve(): void {
    const kept: { x: number; y: number }[] = []
    const last = this.points[this.points.length - 1]
    for (let i = 0; i + 1 < this.points.length; i += 2) {
      const a = this.points[i] as { x: number; y: number }
      const b = this.points[i + 1] as { x: number; y: number }
      kept.push({ x: i === 0 ? a.x : b.x, y: (a.y + b.y) / 2 })
    }
    if (last && this.points.length % 2) kept.push(last)
    this.points.splice(0, this.points.length, ...kept)
    this.#every *= 2
  }
}
