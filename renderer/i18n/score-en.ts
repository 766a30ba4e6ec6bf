import type { Intervention } from '../../shared/interventions.ts'

/** The Score and the gate inspector. */
export const scoreEn = {
  shown: 'Staves',
  values: 'states, gates',
  gradients: 'gradients, paths',
  order: 'Order of the units',
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
  orderOf: (order: string) => `units by ${order}`,
  whatIf: 'what if',
  before: 'before',
  laneHint: 'double-click an input, or Enter, to change it',
  wasBefore: (before: string) => `was ${before}`,
  pair: 'minimal pair',
  pairNote: 'Read the other half of this minimal pair, which asks for another answer',
  clear: 'clear',
  editTitle: (t: number) => `Input at time step ${t}`,
  editKeys: 'Enter: ask what if. Esc: leave it.',
  noSuchToken: 'Not in the vocabulary.',
  noticed: 'changed its answer',
  unnoticed: 'did not notice',
  fixed: 'fixed',
  compared: 'Staves of',
  changed: 'what if',
  original: 'original',
  differenceShort: 'difference',
  difference: 'difference',
  differenceMost: (value: string) => `at most ${value}`,
  differenceLabel: (value: string) => `norm of the difference that the change makes, at most ${value}`,
  bandBefore: (band: string) => `${band} without the change`,
  was: (value: string) => `was ${value}`,
  figureOf: (example: string) => `example ${example}`,
  unitsCaption: (units: string) => `Units from the top down: ${units}.`,
  sensitivityNote: 'Norm of the derivative of the answer by each input, one log scale for all runs',
  sensitivityLabel: (most: string, at: number) =>
    `derivative of the answer by each input, largest ${most} at time step ${at}`,
  weight: (share: string) => `${share} of the largest derivative of the answer, by the run in the panel`,
  unitSpoken: (unit: number) => `unit ${unit}`,
  stepSpoken: (step: number) => `time step ${step}`,
  listComma: ', ',
  undo: 'Undo',
  redo: 'Redo',
  lockNote: 'share closed, between, open; lock one to fix it',
  scope: 'Units held',
  allUnits: 'all units',
  thisUnit: (unit: number) => `unit ${unit}`,
  stepsFrom: 'steps',
  firstStep: 'First time step held',
  lastStep: 'Last time step held',
  lock: (what: string) => `Fix or free: ${what}`,
  valueOf: (what: string) => `Value: ${what}`,
  ablate: (unit: number) => `Take unit ${unit} out`,
  freezeCell: 'Freeze c',
  freezeHidden: 'Freeze h',
  held: (held: Intervention, name: string, write: (value: number) => string) => {
    const unit = held.unit === undefined ? 'all units' : `unit ${held.unit + 1}`
    if (held.kind === 'ablate') return `${unit} taken out`
    const steps = `steps ${held.from + 1} to ${held.to + 1}`
    if (held.kind === 'freeze') return `state frozen, ${unit}, ${steps}`
    return `${name} = ${write(held.value)}, ${unit}, ${steps}`
  },
  free: 'Free',
  find: 'Find',
  findNote: 'where else the same units behave alike',
  findHint: 'Mark a stretch first: Shift and drag over the staves, or Shift and ← →.',
  findRows: (units: number) => `all ${units} units drawn`,
  findGo: (from: number, to: number) => `Find steps ${from} to ${to}`,
  findCancel: 'Enough',
  findTooLong: (steps: number) => `At most ${steps} steps can be looked for.`,
  findDone: (places: number, examined: string, all: string) =>
    `${places} places, by correlation, in ${examined} of ${all} examples`,
  place: (example: string, from: number, to: number) => `example ${example}, steps ${from} to ${to}`,
  checkpoint: 'Training step shown',
  earlier: 'Earlier stored state',
  later: 'Later stored state',
  playTraining: 'Play training',
  stopPlaying: 'Stop playing',
  lossOverTraining: 'Loss over training',
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
  jacobianSays: (median: string, largest: string, at: number, grows: boolean) =>
    `Median ${median}, largest ${largest} at time step ${at}: one step ${
      grows ? `can enlarge a difference in the state ${largest} times` : 'always shrinks a difference in the state'
    }.`,
  lyapunovSays: (exponent: string, steps: number, left: string) =>
    `${exponent} per step: over ${steps} steps a small difference in the state comes to at most ${left} of itself.`,
  lyapunovNothing: '−∞: nothing of the first state is left at the last step.',
  horizonUndefined: 'Undefined: no finite gradient arrives at the last step.',
  horizonAll: (length: number, percent: string) =>
    `All ${length} steps: the gradient nowhere falls under ${percent} of its last value, so the first step can still be learned from.`,
  horizonSays: (steps: number, length: number, percent: string) =>
    `${steps} of ${length} steps: further back under ${percent} of the gradient arrives, so training hardly learns from it.`,
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
