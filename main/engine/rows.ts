import { type Floats, ndarray } from '../../shared/ndarray.ts'
import type { Rows } from '../../shared/telemetry.ts'
import type { Scores, TrainedStep } from './train.ts'

/** Gathers what steps report until it is sent, as columns. */
export class RowBuffer {
  #steps: { trained: TrainedStep; validation?: Scores }[] = []

  get length(): number {
    return this.#steps.length
  }

  add(trained: TrainedStep, validation?: Scores): void {
    this.#steps.push(validation ? { trained, validation } : { trained })
  }

  /**
   * All rows so far, and empties the buffer. `time`: entries of a flow row; one that was measured on shorter
   * sequences stands at its end, with NaN before it.
   */
  take(time: number): Rows {
    const steps = this.#steps
    this.#steps = []
    const flows = steps.filter(({ trained }) => trained.flow)
    const table = (name: 'hidden' | 'cell'): Floats => {
      const data = new Float32Array(flows.length * time).fill(Number.NaN)
      for (const [row, { trained }] of flows.entries()) {
        const found = trained.flow?.[name] ?? []
        data.set(found, (row + 1) * time - found.length)
      }
      return ndarray([flows.length, time], data)
    }
    return {
      history: {
        step: Int32Array.from(steps, ({ trained }) => trained.step),
        loss: Float32Array.from(steps, ({ trained }) => trained.loss),
        metric: Float32Array.from(steps, ({ trained }) => trained.metric),
        validationLoss: Float32Array.from(steps, ({ validation }) => validation?.loss ?? Number.NaN),
        validationMetric: Float32Array.from(steps, ({ validation }) => validation?.metric ?? Number.NaN),
        validated: Int32Array.from(steps, ({ validation }) => (validation ? 1 : 0)),
      },
      flow: {
        step: Int32Array.from(flows, ({ trained }) => trained.step),
        hidden: table('hidden'),
        ...(flows.some(({ trained }) => trained.flow?.cell) && { cell: table('cell') }),
      },
    }
  }
}
