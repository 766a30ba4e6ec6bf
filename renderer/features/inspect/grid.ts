import type { Messages } from '../../i18n/en.ts'
import { measure, scientific } from '../../viz/numbers.ts'
import { runLabel } from '../training/labels.ts'
import { answerAxis } from './answer.ts'
import { likeliestAt } from './answer-lines.ts'
import type { Inspection } from './inspection.svelte.ts'
import type { RunSignals } from './run-signals.ts'
import { gradientStaves, stavesOf } from './staves.ts'
import { readable, wordOf } from './tokens.ts'

/** A row of the Score as one hears it: its name, and its value at a time step. */
export interface GridRow {
  readonly id: string
  readonly kind: 'input' | 'band' | 'staff' | 'answer'
  /** Of a staff or an answer: the run it belongs to. */
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
    const rows = made.map((stave): GridRow => {
      const unit = () => (inspection.runIndex === run.index ? inspection.unit : (inspection.unitsOf(run)[0] ?? 0))
      return {
        id: `${run.run.name}-${stave.name}`,
        kind: 'staff',
        run: run.index,
        name: `${runLabel(run.run, t)}${t.score.listComma}${shown === 'gradients' ? `${stave.symbol} ` : ''}${stave.text}`,
        value: (at) =>
          `${t.score.unitSpoken(unit() + 1)}${t.score.listComma}${stave.write(stave.signal.at(at, unit()))}`,
      }
    })
    const answer = shown === 'gradients' ? [] : answerRows(inspection, run, t)
    return run.gates.length ? [...answer, ...rows] : [...rows, ...answer]
  })
  return [...read, ...spine, ...staves]
}

/** What a run would answer at a step, and would with the change. */
function answerRows(
  { answerLines, originals, original, session }: Inspection,
  run: RunSignals,
  t: Messages,
): GridRow[] {
  const line = answerLines?.lines[run.index]
  const answering = originals.find(({ index }) => index === run.index)
  if (!line || !answering || !original) return []
  const { write } = answerAxis(answerLines, session.experiment, original.target, t)
  const written = (at: number) => [
    write(line.original[at] ?? Number.NaN),
    ...(answerLines.areShares ? [wordOf(session.experiment, likeliestAt(answering, at), t)] : []),
    ...(line.changed ? [`${t.score.whatIf}: ${write(line.changed[at] ?? Number.NaN)}`] : []),
  ]
  return [
    {
      id: `${run.run.name}-answer`,
      kind: 'answer',
      run: run.index,
      name: `${runLabel(run.run, t)}${t.score.listComma}${t.score.answer}`,
      value: (at) => written(at).join(t.score.listComma),
    },
  ]
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

/** To another row of the Score; in a run's staff the panel shows that run. */
export function goToRow(inspection: Inspection, rows: readonly GridRow[], by: number): void {
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === inspection.row),
  )
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
  if (!row) return
  inspection.row = row.id
  if (row.run !== undefined) inspection.runIndex = row.run
}

/** Enter: edits the input at the cursor, or draws all units of a staff, or no longer. */
export function enterRow(inspection: Inspection, rows: readonly GridRow[]): void {
  const row = rows.find(({ id }) => id === inspection.row)
  if (row?.kind === 'staff' || inspection.batch) inspection.expanded = !inspection.expanded
  else inspection.editing = inspection.cursor
}
