import type { Messages } from '../../../i18n/en.ts'
import type { Hold } from '../change.ts'
import type { RunSignals } from '../run-signals.ts'

/** The five stages of a walk through a cell, on the keys 1 to 5. */
export const stageIds = ['forget', 'store', 'update', 'output', 'backward'] as const
export type StageId = (typeof stageIds)[number]

/** One stage of a cell's step in numbers; formulas are TeX. */
export interface Stage {
  readonly id: StageId
  readonly title: string
  readonly note: string
  /** What comes out: its symbol in TeX and its value, or the norm over units. */
  readonly results: readonly { readonly symbol: string; readonly value: number; readonly name?: string }[]
  readonly formulas: readonly string[]
}

/** A way by which the gradient leaves a step on its way back. */
export interface Exit {
  readonly id: string
  /** TeX of the product it is. */
  readonly formula: string
  readonly value: number
}

export interface Walk {
  readonly stages: readonly Stage[]
  /** dL/dc_t (dL/dh_t without c) by the ways it came, then what leaves by which way. */
  readonly arrives: readonly Exit[]
  readonly leaves: readonly Exit[]
}

/** What a walk is asked about: one unit of a run at a step, or the norms over its units. */
export interface Place {
  readonly run: RunSignals
  readonly unit: number
  readonly at: number
  readonly norms: boolean
  /** How a person holds a value at a step in a unit: then nothing of a gradient leaves through its sum. */
  readonly hold?: (name: string, at: number, unit: number) => Hold | undefined
}

export type MakeWalk = (place: Place, t: Messages) => Walk

/** L2 norm over the run's units of what a function says of each. */
const normOver = (units: number, value: (unit: number) => number): number => {
  let sum = 0
  for (let unit = 0; unit < units; unit += 1) sum += value(unit) ** 2
  return Math.sqrt(sum)
}

/** A function of single units' values, as one unit's or as the norm over all. */
export const reading =
  ({ run, unit, norms }: Place) =>
  (value: (unit: number) => number): number =>
    norms ? normOver(run.units, value) : value(unit)

/** One unit's value of a signal at a step; 0 before the first step, as every state begins. */
export const valueAt =
  ({ run }: Place) =>
  (name: string, when: number, unit: number): number =>
    when < 0 ? 0 : (run.signal(name)?.at(when, unit) ?? Number.NaN)

/** What the old state adds to a gate: the row of W_hh times h_{t-1}; NaN where the weights are not at hand. */
export function recalled({ run, at }: Place, block: number, unit: number): number {
  const { recurrent, units } = run
  if (!recurrent) return Number.NaN
  if (at === 0) return 0
  const hidden = run.signal('hidden')
  let sum = 0
  const row = (block * units + unit) * units
  for (let from = 0; from < units; from += 1)
    sum += (recurrent.data[row + from] as number) * (hidden?.at(at - 1, from) ?? 0)
  return sum
}

/** Where a sigmoid or tanh came from; NaN where it is too flat to tell in float32. */
export const logit = (y: number): number => (y > 1e-6 && y < 1 - 1e-6 ? Math.log(y / (1 - y)) : Number.NaN)
export const artanh = (y: number): number => (Math.abs(y) < 0.999999 ? Math.atanh(y) : Number.NaN)

/** How a value is held at the walk's step, or another. */
export const holding =
  ({ hold, at }: Place) =>
  (name: string, unit: number, when = at): Hold | undefined =>
    hold?.(name, when, unit)

/** What stands for a formula whose value is held: the value itself. */
export const heldFormula = (symbol: string, how: Hold, value: string, t: Messages): string =>
  how === 'kept'
    ? `${symbol}_t = ${symbol}_{t-1} = ${value} \\quad\\text{${t.score.fixed}}`
    : `${symbol}_t = ${value} \\quad\\text{${t.score.fixed}}`
