import type { Model } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import type { Compute } from '../layers/layer.ts'
import { sigmoid, softmax } from '../losses.ts'
import { applyHead } from '../network.ts'
import type { TaskInstance } from '../tasks/task.ts'

/**
 * What the head makes of h_t at every step of one example, `hidden` [1, T, H] of the top layer: the share of each
 * class [T, C], else values in the task's own units [T, K].
 */
export function answersByStep(compute: Compute, model: Model, task: TaskInstance, hidden: Floats): Floats {
  return asAnswers(applyHead(compute, model, ndarray(hidden.shape.slice(1), hidden.data)), task)
}

/** Raw outputs [N, K] as the share of each class, or as values in the task's own units. */
export function asAnswers(output: Floats, task: Pick<TaskInstance, 'facts' | 'present'>): Floats {
  if (task.facts.loss === 'cross-entropy') return sharesOf(output)
  return areShares(task) ? sharesOfTwo(output) : task.present.outputs(output)
}

/** Whether answers are classes, each with its share. */
export const areShares = ({ facts: { loss, outputs } }: Pick<TaskInstance, 'facts'>): boolean =>
  loss === 'cross-entropy' || outputs === 'class' || outputs === 'class-series'

function sharesOf({ shape, data }: Floats): Floats {
  const classes = shape[1] as number
  const shares = new Float32Array(data.length)
  const row = new Float64Array(classes)
  for (let from = 0; from < data.length; from += classes) {
    softmax(Float64Array.from(data.subarray(from, from + classes)), row)
    shares.set(row, from)
  }
  return ndarray(shape, shares)
}

/** Of a single logit, which says how much more the second class has than the first. */
function sharesOfTwo({ data }: Floats): Floats {
  const shares = Float32Array.from({ length: 2 * data.length }, (_, k) => {
    const logit = data[k >> 1] as number
    return sigmoid(k % 2 ? logit : -logit)
  })
  return ndarray([data.length, 2], shares)
}
