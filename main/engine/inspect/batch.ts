import { setImmediate } from 'node:timers/promises'
import { LabError } from '../../../shared/errors.ts'
import type { BatchQuery, BatchView } from '../../../shared/inspect.ts'
import type { Floats } from '../../../shared/ndarray.ts'
import { measure } from '../measure.ts'
import { layersOf } from '../network.ts'
import { cutSteps, lengthsOf } from '../sequence.ts'
import { LayerMeans } from './layer-means.ts'
import { countOf, examplesOf, type Subject } from './subject.ts'

/** Numbers of a state [T, B, H] that are measured at a time: training waits for that long. */
const atATime = 2 ** 20

/** Means over the first examples of a set, run by run; training goes on in between. */
export async function batchView(subject: Subject, query: BatchQuery): Promise<BatchView> {
  const { examples, horizonThreshold } = query
  const available = countOf(subject, examples)
  const count = Math.min(query.limit, available)
  if (!count) throw new LabError('not-found', `The set "${examples}" has no examples.`, 'Choose another set.')
  const runs: BatchView['runs'][number][] = []
  for (const [run, { model, step }] of subject.runs.entries()) {
    const time = subject.task.facts.length
    const layers = layersOf(model).map((layer) => new LayerMeans(layer, time))
    let loss = 0
    for (const { from, to, jacobians } of parts(subject, run, query, count)) {
      const padded = examplesOf(subject, examples, from, to)
      const lengths = lengthsOf(padded)
      const batch = model.config.weights === 'per-step' ? padded : cutSteps(padded, Math.max(...lengths))
      const found = measure(subject.compute, model, batch, { jacobians, parameters: false })
      loss += found.loss * (to - from)
      for (const [n, layer] of layers.entries()) layer.add(found.layers[n] as (typeof found.layers)[number], lengths)
      await setImmediate()
    }
    const arrays: [string, Floats][] = layers.flatMap((layer, n) =>
      Object.entries(layer.arrays(horizonThreshold)).map(([name, array]): [string, Floats] => [
        `layers.${n}.${name}`,
        array,
      ]),
    )
    runs.push({ step, loss: loss / count, arrays: Object.fromEntries(arrays) })
  }
  return { examples, count, available, runs }
}

/** Examples one by one where Jacobians are wanted, whose cost is H^3; else as many as are quickly measured. */
function* parts(subject: Subject, run: number, query: BatchQuery, count: number) {
  const { hiddenSize = 1, layers = 1 } = subject.runs[run]?.model.config ?? {}
  const many = Math.max(1, Math.min(32, Math.floor(atATime / (subject.task.facts.length * hiddenSize * layers))))
  let from = 0
  while (from < count) {
    const jacobians = from < query.jacobians
    // A batch of training is drawn for one update: none reaches into the next.
    const border = query.examples === 'train' ? (Math.floor(from / subject.batchSize) + 1) * subject.batchSize : count
    const to = jacobians ? from + 1 : Math.min(from + many, border, count)
    yield { from, to, jacobians }
    from = to
  }
}
