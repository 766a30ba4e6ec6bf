import * as tf from '@tensorflow/tfjs'
import { LabError } from '../../../shared/errors.ts'
import type { Batch } from '../../../shared/model.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import type { TrainingSpec } from '../../../shared/spec.ts'
import type { Compute } from '../layers/layer.ts'
import { randomStream } from '../random.ts'
import { Trainer } from '../train.ts'
import type { TimedPath, TimingProblem } from './problem.ts'

/** A step that can be repeated, and what to give back after the last. */
interface Timed {
  step(): Promise<void> | void
  dispose(): void
}

const training: TrainingSpec = {
  steps: 1_000_000,
  batchSize: 32,
  optimizer: 'adam',
  learningRate: 1e-4,
  init: 'pytorch',
  forgetBias: 1,
  clipNorm: 1,
}

let timed: { readonly key: string; readonly run: Timed } | undefined

/**
 * Milliseconds of each of `steps` training steps (forward, backward, Adam; mse of one number read off the last
 * step). A problem that is timed again goes on where it was, a step that is not timed wakes up what has slept.
 * Throws LabError `spec-invalid` for what the path does not have.
 */
export async function timeSteps(
  compute: Compute,
  path: TimedPath,
  problem: TimingProblem,
  steps: number,
): Promise<number[]> {
  const key = JSON.stringify([path, problem])
  if (timed?.key !== key) {
    timed?.run.dispose()
    timed = { key, run: path === 'engine' ? ownStep(compute, problem) : layersStep(problem) }
  }
  await timed.run.step()
  const found: number[] = []
  for (let k = 0; k < steps; k++) {
    const started = performance.now()
    await timed.run.step()
    found.push(performance.now() - started)
  }
  return found
}

function batchOf({ time, width, batch }: TimingProblem): Batch & { inputs: { data: Float32Array } } {
  const random = randomStream(1, 'timing')
  const inputs = Float32Array.from({ length: batch * time * width }, () => random.normal())
  const targets = Float32Array.from({ length: batch }, () => random.normal())
  return { inputs: ndarray([batch, time, width], inputs), targets: ndarray([batch, 1], targets) }
}

function ownStep(compute: Compute, problem: TimingProblem): Timed {
  const { cell, width, units } = problem
  const config = { cell, inputSize: width, hiddenSize: units, layers: 1, outputSize: 1 } as const
  const trainer = new Trainer(compute, { ...config, head: 'last', loss: 'mse' }, training, 1, () => 0)
  const batch = batchOf(problem)
  return { step: () => void trainer.train(batch, true), dispose() {} }
}

function layersStep(problem: TimingProblem): Timed {
  const { cell, units, time, width } = problem
  // Its default draws an orthogonal matrix, which takes seconds and changes no time of a step.
  const recurrentInitializer = 'glorotUniform' as const
  const shape = { units, inputShape: [time, width] as [number, number], recurrentInitializer }
  const layers: Readonly<Record<string, () => tf.layers.Layer>> = {
    rnn: () => tf.layers.simpleRNN(shape),
    lstm: () => tf.layers.lstm(shape),
    gru: () => tf.layers.gru(shape),
  }
  const layer = layers[cell]
  if (!layer) {
    throw new LabError('spec-invalid', `TensorFlow.js has no layer for ${cell}.`, `It has ${Object.keys(layers)}.`)
  }
  const model = tf.sequential({ layers: [layer(), tf.layers.dense({ units: 1 })] })
  const optimizer = tf.train.adam(training.learningRate)
  model.compile({ optimizer, loss: 'meanSquaredError' })
  const { inputs, targets } = batchOf(problem)
  const [x, y] = [tf.tensor(inputs.data, inputs.shape as number[]), tf.tensor(targets.data, targets.shape as number[])]
  return {
    step: async () => void (await model.trainOnBatch(x, y)),
    dispose: () => {
      tf.dispose([x, y])
      model.dispose()
      optimizer.dispose()
    },
  }
}
