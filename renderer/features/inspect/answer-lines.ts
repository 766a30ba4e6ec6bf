import type { TaskFacts } from '../../../shared/contract.ts'
import type { InspectedExample } from '../../../shared/inspect.ts'
import { type Range, rangeOf } from '../../viz/scatter.ts'
import type { RunSignals } from './run-signals.ts'
import { answersWithWords } from './tokens.ts'

/** What one run would answer at every step, as a line. */
export interface AnswerLine {
  readonly original: Float32Array
  /** With the change, where there is one. */
  readonly changed?: Float32Array
}

/** The answers of every run at every step, on one axis. */
export interface AnswerLines {
  /** The share that a run gives to what is right; values otherwise. */
  readonly areShares: boolean
  /** Of a head that answers at each step; one at the last step is read early. */
  readonly atEachStep: boolean
  readonly range: Range
  /** Dotted: what guessing comes to, or of values what is right. */
  readonly reference: Float32Array
  /** By the run's index. */
  readonly lines: readonly (AnswerLine | undefined)[]
}

/** A share of the class that is right without a change, so that a change is seen to move it; or the value. */
function lineOf({ answers }: RunSignals, { target, targets }: InspectedExample, areShares: boolean): Float32Array {
  const [steps = 0, width = 1] = answers?.shape ?? []
  const column = (t: number) => (areShares ? (targets?.data[t] ?? target) : width - 1)
  return Float32Array.from({ length: steps }, (_, t) => answers?.data[t * width + column(t)] ?? Number.NaN)
}

function referenceOf(example: InspectedExample, areShares: boolean, classes: number): Float32Array {
  const { inputs, target, targets } = example
  const steps = inputs.shape[0] ?? 0
  const width = (targets?.shape[1] ?? 1) as number
  return Float32Array.from({ length: steps }, (_, t) =>
    areShares ? 1 / classes : (targets?.data[t * width + width - 1] ?? target),
  )
}

export function answerLines(
  facts: TaskFacts,
  example: InspectedExample,
  originals: readonly RunSignals[],
  changed: readonly RunSignals[] | null,
): AnswerLines {
  const areShares = answersWithWords(facts)
  const lines: (AnswerLine | undefined)[] = []
  for (const run of originals) {
    const other = changed?.find(({ index }) => index === run.index)
    lines[run.index] = {
      original: lineOf(run, example, areShares),
      ...(other && { changed: lineOf(other, example, areShares) }),
    }
  }
  const reference = referenceOf(example, areShares, originals[0]?.answers?.shape[1] ?? 1)
  const drawn = lines.flatMap((line) => [line?.original ?? [], line?.changed ?? []])
  const range = areShares ? { min: 0, max: 1 } : rangeOf(reference, ...drawn)
  return { areShares, atEachStep: example.targets !== undefined, range, reference, lines }
}

/** The class that a run would answer with at a step; NaN where a share is not a number. */
export function likeliestAt({ answers }: Pick<RunSignals, 'answers'>, t: number): number {
  const classes = answers?.shape[1] ?? 0
  const shares = answers?.data.subarray(t * classes, (t + 1) * classes) ?? new Float32Array(0)
  if (shares.some(Number.isNaN)) return Number.NaN
  return shares.reduce((best, share, id) => (share > (shares[best] as number) ? id : best), 0)
}
