/** What is timed: one training step of one layer, B examples of T steps of D numbers, H units. */
export interface TimingProblem {
  readonly cell: string
  readonly time: number
  readonly width: number
  readonly units: number
  readonly batch: number
}

/**
 * `engine` is the lab's own training step on the backend, flow included; `tfjs-layers` is TensorFlow.js'
 * Layers API on the same backend, as one would write it without the lab.
 */
export const timedPaths = ['engine', 'tfjs-layers'] as const
export type TimedPath = (typeof timedPaths)[number]
