import { fixed, scientific } from '../viz/numbers.ts'

/** What a travel through an example is told by (`features/inspect/measures.ts`). */
interface Travel {
  readonly median: number
  readonly largest: number
  readonly at: number
  readonly lyapunov: number
  readonly steps: number
}

/** The Score and the gate inspector. */
export const scoreEn = {
  shown: 'Staves',
  values: 'states, gates',
  gradients: 'gradients, paths',
  order: 'Units by',
  orders: {
    number: 'number',
    gradient: 'gradient',
    saturation: 'saturation',
    horizon: 'horizon',
    similarity: 'likeness to the picked one',
  },
  some: (shown: number, all: number, order: string) =>
    ({
      number: `${shown} of ${all} units, those with the largest gradient`,
      gradient: `${shown} of ${all} units, largest gradient first`,
      saturation: `${shown} of ${all} units, most saturated first`,
      horizon: `${shown} of ${all} units, longest horizon first`,
      similarity: `${shown} of ${all} units, most like the picked one first`,
    })[order] ?? '',
  rest: (units: number) => `${units} more units: mean, and from the least to the largest`,
  more: (units: number) => `${units} more`,
  expand: 'Draw all units (Enter)',
  belt: 'Where ∂L/∂c comes from',
  beltOfState: 'Where ∂L/∂h comes from',
  beltNote:
    'The conveyor belt: of what arrives at a step, the share that came straight through the gate that keeps the state, and the share that took another way. Sums over units of sizes.',
  beltLabel: (parts: string) => `Ways of the gradient over the whole example: ${parts}.`,
  paths: { direct: 'direct', hidden: 'through h', peepholes: 'through peepholes', rest: 'the rest' },
  jacobian: 'stretch of one step',
  jacobianNote:
    'Largest singular value of the Jacobian of a step: by how much at most a small difference in the state grows from the step before. Logarithmic; dotted: 1.',
  numbers: 'Numbers',
  oneUnit: 'one unit',
  norms: 'norms',
  arrives: 'arrives by',
  leaves: 'leaves for the step before by',
  ways: {
    direct: 'straight',
    hidden: 'through h',
    peepholes: 'peepholes',
    rest: 'the rest',
    total: 'all ways',
    belt: 'the belt',
    forget: 'forget gate',
    input: 'input gate',
    candidate: 'candidate',
    output: 'output gate',
    update: 'update gate',
    slope: 'activation',
    own: 'own weight',
    all: 'all weights',
  } as Readonly<Record<string, string>>,
  measures: {
    jacobian: 'Jacobian norm',
    lyapunov: 'Lyapunov exponent',
    horizon: (state: string) => `Memory horizon of ${state}`,
  },
  jacobianSays: ({ median, largest, at }: Travel) =>
    `Median ${scientific(median)}, largest ${scientific(largest)} at time step ${at + 1}: one step ${
      largest < 1
        ? 'always shrinks a difference in the state'
        : `can enlarge a difference in the state ${scientific(largest)} times`
    }.`,
  lyapunovSays: ({ lyapunov, steps }: Travel) =>
    lyapunov === -Infinity
      ? '−∞: nothing of the first state is left at the last step.'
      : `${fixed(lyapunov)} per step: over ${steps - 1} steps a small difference in the state comes to at most ${scientific(Math.exp(lyapunov * (steps - 1)))} of itself.`,
  horizonSays: (steps: number, length: number, threshold: number) =>
    Number.isNaN(steps)
      ? 'Undefined: no finite gradient arrives at the last step.'
      : steps >= length
        ? `All ${length} steps: the gradient nowhere falls under ${fixed(threshold * 100, 0)} % of its last value, so the first step can still be learned from.`
        : `${steps} of ${length} steps: further back under ${fixed(threshold * 100, 0)} % of the gradient arrives, so training hardly learns from it.`,
}

export const axisEn = {
  whole: 'whole sequence',
  shown: (from: number, to: number) => `steps ${from} to ${to}`,
  overview: (band: string) => `${band} over the whole sequence; a pixel shows the strongest of its steps.`,
  aggregated: (steps: number) => `${steps} steps a column`,
  aggregatedNote:
    'Too many steps for one column each. Gradients show the largest of a column, gates the mean (with the range in the picked row), signed values the one of largest size. Zoom in for single steps.',
  beyond: (steps: number) => `${steps} more steps to the right`,
}
