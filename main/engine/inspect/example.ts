import { setImmediate } from 'node:timers/promises'
import { LabError } from '../../../shared/errors.ts'
import type { ExampleQuery, InspectedExample } from '../../../shared/inspect.ts'
import type { Intervention } from '../../../shared/interventions.ts'
import type { Trace } from '../../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import type { MeasureOptions } from '../measure.ts'
import { trace } from '../trace.ts'
import { answersByStep } from './answers.ts'
import { exampleAt, type OneExample, type Subject } from './subject.ts'

/** How an example is traced: what the query says of it. */
export type TraceQuery = Pick<ExampleQuery, 'runs' | 'arrays' | 'jacobians' | 'horizonThreshold'>

/** One example and every run's trace of it. Throws LabError `not-found` beyond the last example. */
export function inspectExample(subject: Subject, query: ExampleQuery): Promise<InspectedExample> {
  return traceExample(subject, exampleAt(subject, query.examples, query.index), query)
}

/** `fixed`: interventions in each run; undefined where nothing is to be fixed. Training goes on between two runs. */
export async function traceExample(
  subject: Subject,
  example: OneExample,
  query: TraceQuery,
  fixed: readonly (readonly Intervention[] | undefined)[] = [],
): Promise<InspectedExample> {
  const { task } = subject
  const { padded, batch, ...place } = example
  const inputs = task.present.inputs(batch, 0)
  const { vocabulary } = task.facts
  const runs: InspectedExample['runs'][number][] = []
  for (const run of query.runs ?? subject.runs.keys()) {
    runs.push(traceRun(subject, run, example, query, fixed[run]))
    await setImmediate()
  }
  const targets = task.present.targets(batch.targets)
  return {
    ...place,
    inputs,
    ...(vocabulary && { tokens: Array.from(inputs.data, (id) => vocabulary[id] as string) }),
    target: targets.data.at(-1) as number,
    ...(task.interface.head === 'every-step' && { targets: ndarray(targets.shape.slice(1), targets.data) }),
    hasCounterpart: !!task.counterpart?.(padded),
    runs,
  }
}

function traceRun(
  { task, runs, compute }: Subject,
  run: number,
  { padded, batch }: OneExample,
  { arrays: wanted, jacobians, horizonThreshold }: TraceQuery,
  interventions: readonly Intervention[] | undefined,
): InspectedExample['runs'][number] {
  const asked = runs[run]
  if (!asked) throw new LabError('not-found', `There is no run ${run}.`, `Choose 0 to ${runs.length - 1}.`)
  const { model, step } = asked
  const { config, parameters } = model
  const options: MeasureOptions = {
    jacobians,
    parameters: !wanted || wanted.some((beginning) => meets(beginning, 'grad.parameters.')),
    ...(horizonThreshold !== undefined && { horizonThreshold }),
    ...(interventions && { interventions }),
  }
  // Weights of their own are for all steps of the task, or none.
  const arrays =
    config.weights === 'per-step'
      ? cutTrace(trace(compute, model, padded, options), batch.inputs.shape[1] as number)
      : trace(compute, model, batch, options)
  const recurrent = parameters[`rnn.weight_hh_l${config.layers - 1}`]
  return {
    step,
    trace: wanted ? startingWith(arrays, wanted) : arrays,
    answer: task.present.outputs(arrays.output as Floats).data.at(-1) as number,
    answers: answersByStep(compute, model, task, arrays[`layers.${config.layers - 1}.hidden`] as Floats),
    ...(recurrent?.shape.length === 2 && recurrent.data.length <= 1_000_000 && { recurrent }),
  }
}

/** Whether names that begin so may begin with the other. */
const meets = (a: string, b: string) => a.startsWith(b) || b.startsWith(a)

function startingWith(arrays: Trace, beginnings: readonly string[]): Trace {
  const isWanted = (name: string) => beginnings.some((beginning) => name.startsWith(beginning))
  return Object.fromEntries(Object.entries(arrays).filter(([name]) => isWanted(name)))
}

/** The trace of one padded example as it would be without the steps after `length`. */
function cutTrace(arrays: Trace, length: number): Trace {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => {
      const { shape, data } = array
      if (name.includes('.flow.')) return [name, ndarray([length], data.slice(data.length - length))]
      const hasTime = !name.startsWith('grad.parameters.') && shape[0] === 1 && shape.length > 1
      if (!hasTime || (name === 'output' && shape.length === 2)) return [name, array]
      const rest = shape.slice(2)
      return [name, ndarray([1, length, ...rest], data.slice(0, length * sizeOf(rest)))]
    }),
  )
}
