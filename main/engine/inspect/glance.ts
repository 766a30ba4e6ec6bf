import type { Glance, GlanceQuery } from '../../../shared/inspect.ts'
import { ndarray, sizeOf } from '../../../shared/ndarray.ts'
import { cutSteps, examplesBetween, lengthsOf } from '../sequence.ts'
import { likeliest } from '../tasks/answers.ts'
import { answer } from '../train.ts'
import { areShares, asAnswers } from './answers.ts'
import { type Subject, testExamples } from './subject.ts'

/** Steps of each example that are told: a line of a list has room for no more. */
const most = 60

/** What one run reads in some test examples and how sure it is of each class, for a list of them. */
export function glance(subject: Subject, { run: index, places }: GlanceQuery): Glance[] {
  const { task, runs, compute, batchSize } = subject
  const run = runs[index]
  if (!run || !places.length) return []
  const batch = testExamples(
    subject,
    places.map((place) => place.index),
  )
  const { output } = answer(compute, run.model, batch, task.metric, batchSize)
  const classes = output.shape.at(-1) as number
  const answers = asAnswers(ndarray([sizeOf(output.shape) / classes, classes], output.data), task)
  const [, width = 1] = answers.shape
  const each = answers.data.length / width / places.length
  const lengths = lengthsOf(batch)
  const told = (row: number) => {
    const values = ndarray([1, width], answers.data.slice(row * width, (row + 1) * width))
    if (!areShares(task)) return { answer: values.data[0] as number }
    const [id] = likeliest(values) as [number]
    return { answer: id, share: values.data[id] as number }
  }
  return places.map(({ step = 0 }, k) => {
    const steps = lengths[k] as number
    const one = cutSteps(examplesBetween(batch, k, k + 1), Math.min(steps, most))
    const inputs = task.present.inputs(one, 0)
    const { vocabulary } = task.facts
    return {
      steps,
      inputs,
      ...(vocabulary && { tokens: Array.from(inputs.data, (id) => vocabulary[id] as string) }),
      ...told(k * each + Math.min(step, each - 1)),
    }
  })
}
