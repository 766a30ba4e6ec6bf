import type { Intervention } from '../../../shared/interventions.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'

/** A value that a person holds fixed: a gate, h or c of one unit or of all, over a stretch of steps. */
export type Lock = Extract<Intervention, { kind: 'clamp' }>

/** What is asked "what if" of an example: other inputs, the other half of its minimal pair, values held fixed. */
export interface Change {
  readonly inputs?: Floats
  readonly counterpart: boolean
  /** Per run, by its index. */
  readonly interventions: readonly (readonly Intervention[])[]
}

export const unchanged: Change = { counterpart: false, interventions: [] }

export const isChanged = ({ inputs, counterpart, interventions }: Change): boolean =>
  inputs !== undefined || counterpart || interventions.some((list) => list.length > 0)

export const ofRun = ({ interventions }: Change, run: number): readonly Intervention[] => interventions[run] ?? []

function withRun(change: Change, run: number, list: readonly Intervention[]): Change {
  const length = Math.max(change.interventions.length, run + 1)
  const interventions = Array.from({ length }, (_, k) => (k === run ? list : ofRun(change, k)))
  return { ...change, interventions }
}

/** Whether two interventions hold the same thing: then the later one takes the earlier one's place. */
function isSame(a: Intervention, b: Intervention): boolean {
  if (a.kind !== b.kind || a.layer !== b.layer || a.unit !== b.unit) return false
  return a.kind !== 'clamp' || b.kind !== 'clamp' || a.of === b.of
}

export const has = (change: Change, run: number, wanted: Intervention): Intervention | undefined =>
  ofRun(change, run).find((other) => isSame(other, wanted))

export const fixed = (change: Change, run: number, added: Intervention): Change =>
  withRun(change, run, [...ofRun(change, run).filter((other) => !isSame(other, added)), added])

export const freed = (change: Change, run: number, removed: Intervention): Change =>
  withRun(
    change,
    run,
    ofRun(change, run).filter((other) => !isSame(other, removed)),
  )

/** How a person holds a value: at a number, or as it was at the step before. */
export type Hold = 'set' | 'kept'

/** How a value of the top layer (`cell`, `gates.forget`) is held at a step in a unit; undefined where it is free. */
export function holdOf(
  held: readonly Intervention[],
  layers: number,
  carried: 'cell' | 'hidden',
  name: string,
  at: number,
  unit: number,
): Hold | undefined {
  // Where several concern the same value, the last one has the last word.
  const last = held.findLast(
    (one) =>
      one.layer === layers - 1 &&
      (one.unit === undefined || one.unit === unit) &&
      (one.kind === 'ablate'
        ? name === 'cell' || name === 'hidden'
        : at >= one.from && at <= one.to && name === (one.kind === 'clamp' ? one.of : carried)),
  )
  return last && (last.kind === 'freeze' ? 'kept' : 'set')
}

/** Inputs with one number changed; as they were, where they then equal the original's. [T] or [T, D], `index` into the data. */
export function withInput(change: Change, original: Floats, index: number, value: number): Change {
  const data = Float32Array.from((change.inputs ?? original).data)
  data[index] = value
  const equal = data.every((number, k) => number === original.data[k])
  const { inputs: _, ...rest } = change
  return equal
    ? { ...rest, counterpart: false }
    : { ...rest, counterpart: false, inputs: ndarray(original.shape, data) }
}

/** Indices into the inputs' data at which two of them differ; all of the longer one's where lengths do. */
export function differing(original: Floats, changed: Floats): number[] {
  const length = Math.max(original.data.length, changed.data.length)
  return Array.from({ length }, (_, k) => k).filter((k) => original.data[k] !== changed.data[k])
}
