import type { OptimizerInfo } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'
import type { CellInput } from './cells-form.svelte.ts'
import { clipFields, forgetBiasField } from './fields.ts'
import type { TrainingInput } from './training-form.svelte.ts'

const [clipNormField] = clipFields

/** The names of cells side by side: the second LSTM is "LSTM 2". */
export function cellNames(cells: readonly { readonly cell: string }[], t: Messages): string[] {
  return cells.map(({ cell }, index) => {
    const before = cells.slice(0, index).filter((other) => other.cell === cell).length
    return `${t.cells[cell] ?? cell}${before ? ` ${before + 1}` : ''}`
  })
}

/** What of optimiser, clipping and schedule is not as usual, in a few words each; `optimizers` tells the defaults. */
export function trainingSummary(
  training: TrainingInput,
  t: Messages,
  optimizers: readonly OptimizerInfo[] = [],
): string[] {
  const { optimizer = 'adam', schedule, clipValue, clipNorm = clipNormField?.initial } = training
  const words = t.setup.summary
  const { defaults = {} } = optimizers.find(({ id }) => id === optimizer) ?? {}
  const given = training as Readonly<Record<string, unknown>>
  const settings = Object.entries(defaults).flatMap(([key, value]) =>
    given[key] === undefined || given[key] === null || given[key] === value
      ? []
      : [typeof value === 'boolean' ? (t.setup.fields[key] ?? key) : `${t.setup.fields[key] ?? key} ${given[key]}`],
  )
  const name = t.setup.optimizers[optimizer]?.name ?? optimizer
  return [
    ...(optimizer === 'adam' && !settings.length ? [] : [words.list([name, ...settings])]),
    ...(schedule && schedule.id !== 'constant' ? [t.setup.schedules[schedule.id]?.name ?? schedule.id] : []),
    ...(schedule?.warmup ? [words.warmup(String(schedule.warmup.totalIters ?? '—'))] : []),
    ...(clipNorm === clipNormField?.initial
      ? []
      : [clipNorm == null ? words.noClipNorm : words.clipNorm(String(clipNorm))]),
    ...(clipValue == null ? [] : [words.clipValue(String(clipValue))]),
  ]
}

/** What of the cells and their first weights is not as usual, in a few words each. */
export function modelSummary(
  cells: readonly CellInput[],
  { init, forgetBias }: Pick<TrainingInput, 'init' | 'forgetBias'>,
  t: Messages,
): string[] {
  const names = cellNames(cells, t)
  const ofCells = cells.flatMap((cell, index) => {
    const facts = [
      ...(cell.activation && cell.activation !== 'tanh' ? [t.setup.choices[cell.activation] ?? cell.activation] : []),
      ...(cell.layers !== undefined && cell.layers !== 1 ? [t.train.layers(cell.layers)] : []),
      ...(cell.weights === 'per-step' ? [t.train.perStep] : []),
      ...(cell.matchParametersOf === undefined ? [] : [t.setup.asManyAs(names[cell.matchParametersOf] ?? '')]),
    ]
    return facts.length ? [t.setup.summary.ofCell(names[index] ?? '', t.setup.summary.list(facts))] : []
  })
  const name = t.setup.inits[init ?? 'pytorch']?.name
  return [
    ...ofCells,
    ...(init && init !== 'pytorch' ? [t.setup.summary.init(name ?? init)] : []),
    ...(forgetBias === undefined || forgetBias === forgetBiasField.initial
      ? []
      : [t.train.forgetBias(String(forgetBias))]),
  ]
}
