import * as v from 'valibot'

/**
 * What a person fixes inside a running network, to see what follows ("what if"). The same list is an
 * argument of the page and a file for `unroll trace --interventions`.
 */

/** Time steps at most, of anything. */
const maxSteps = 1_000_000
const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(maxSteps))
const Layer = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(63))
/** From a time step to another, both included, counted from 0; beyond the end there is nothing to change. */
const stretch = { from: Count, to: Count }
/** `hidden`, `cell`, or `gates.NAME` as in a trace: `gates.forget`. */
const Value = v.pipe(v.string(), v.maxLength(80), v.regex(/^(hidden|cell|gates\.[A-Za-z_][A-Za-z0-9_]*)$/))
const ordered = <T extends { readonly from: number; readonly to: number }>() =>
  v.check<T, string>(({ from, to }) => from <= to, 'from a step to the same or a later one')

/** Sets h, c or a gate to `value`, whatever the cell computed: nothing of a gradient passes through it. */
const Clamp = v.pipe(
  v.strictObject({
    kind: v.literal('clamp'),
    layer: Layer,
    of: Value,
    /** Left out: every unit. */
    unit: v.optional(Count),
    value: v.pipe(v.number(), v.minValue(-1e6), v.maxValue(1e6)),
    ...stretch,
  }),
  ordered(),
)

/** A unit that is not there: its h and, of cells that have one, its c are 0 at every step. */
const Ablate = v.strictObject({ kind: v.literal('ablate'), layer: Layer, unit: Count })

/**
 * Keeps what the cell carries over a stretch: c_t = c_{t-1}, of cells without c h_t = h_{t-1}. The gradient
 * passes to the step before as it comes.
 */
const Freeze = v.pipe(
  v.strictObject({
    kind: v.literal('freeze'),
    layer: Layer,
    /** Left out: every unit. */
    unit: v.optional(Count),
    ...stretch,
  }),
  ordered(),
)

/** Where several concern the same value, they act in their order. */
export const Intervention = v.variant('kind', [Clamp, Ablate, Freeze])
export type Intervention = v.InferOutput<typeof Intervention>

export const maxInterventions = 64
export const Interventions = v.pipe(v.array(Intervention), v.maxLength(maxInterventions))
