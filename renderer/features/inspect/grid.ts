import type { Messages } from '../../i18n/en.ts'
import { fixed, measure, scientific } from '../../viz/numbers.ts'
import { runLabel } from '../training/labels.ts'
import type { Inspection } from './inspection.svelte.ts'
import { gradientStaves, stavesOf } from './staves.ts'
import { readable } from './tokens.ts'

/** A row of the Score as one hears it: its name, and its value at a time step. */
export interface GridRow {
  readonly id: string
  readonly kind: 'input' | 'band' | 'staff'
  /** Of a staff: the run it belongs to. */
  readonly run?: number
  readonly name: string
  readonly value: (at: number) => string
}

/** Every row of the Score from the top down: inputs, the gradient's bands, every run's staves. */
export function gridRows(inspection: Inspection, t: Messages): readonly GridRow[] {
  const { example, bands, runs, shown, session } = inspection
  if (!example) return []
  const { inputs } = session.experiment.facts
  const width = example.inputs.shape[1] ?? 1
  const read: GridRow[] = inspection.batch
    ? []
    : inputs.kind === 'tokens'
      ? [{ id: 'token', kind: 'input', name: t.inspect.token, value: (at) => readable(example.tokens?.[at] ?? '') }]
      : inputs.names.map((name, d) => ({
          id: `input-${name}`,
          kind: 'input',
          name: t.inspect.inputs[name] ?? name,
          value: (at) => measure(example.inputs.data[at * width + d] ?? Number.NaN),
        }))
  const spine = bands.map((band): GridRow => {
    const what =
      band.kind === 'product' ? t.inspect.product(band.symbol ?? '') : `∂L/∂${band.kind === 'cell' ? 'c' : 'h'}`
    return {
      id: `band-${band.run.name}-${band.kind}`,
      kind: 'band',
      name: `${runLabel(band.run, t)} ${what}`,
      value: (at) => scientific(band.norms[at] ?? Number.NaN),
    }
  })
  const staves = runs.flatMap((run) => {
    const made = shown === 'gradients' ? gradientStaves(run, t) : stavesOf(run, t)
    return made.map((stave): GridRow => {
      const unit = () => (inspection.runIndex === run.index ? inspection.unit : (inspection.unitsOf(run)[0] ?? 0))
      const write = stave.scale === 'gradient' ? scientific : fixed
      return {
        id: `${run.run.name}-${stave.name}`,
        kind: 'staff',
        run: run.index,
        name: `${runLabel(run.run, t)}${t.score.listComma}${stave.scale === 'gradient' ? `${stave.symbol} ` : ''}${stave.text}`,
        value: (at) => `${t.score.unitSpoken(unit() + 1)}${t.score.listComma}${write(stave.signal.at(at, unit()))}`,
      }
    })
  })
  return [...read, ...spine, ...staves]
}

/** What a move to a cell says: "bowl, time step 13, LSTM, forget gate, unit 2, 0.557". */
export function spoken(inspection: Inspection, row: GridRow | undefined, t: Messages): string {
  if (!row) return ''
  const { cursor } = inspection
  const token = inspection.batch ? undefined : inspection.example?.tokens?.[cursor]
  const words = [
    ...(token !== undefined && row.kind !== 'input' ? [readable(token)] : []),
    t.score.stepSpoken(cursor + 1),
    row.name,
    row.value(cursor),
  ]
  return words.join(t.score.listComma)
}
