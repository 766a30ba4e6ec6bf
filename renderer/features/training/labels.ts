import type { Experiment, RunSummary } from '../../../shared/contract.ts'
import { freeName } from '../../../shared/names.ts'
import type { Messages } from '../../i18n/en.ts'

/** `lstm-2` is the second LSTM: "LSTM 2", with an open mark and a dashed line. A cell without a name is its id. */
export function runLabel(run: Pick<RunSummary, 'name' | 'cell'>, t: Messages): string {
  const name = t.cells[run.cell] ?? run.cell
  const suffix = run.name.startsWith(`${run.cell}-`) ? run.name.slice(run.cell.length + 1) : ''
  return suffix ? `${name} ${suffix}` : name
}

/** Bytes from which on a person is told before training starts. */
export const large = 1e9

/** Bytes that an update of all runs needs, as far as the engine can tell. */
export const memoryOf = (runs: readonly RunSummary[]): number => runs.reduce((sum, { bytes = 0 }) => sum + bytes, 0)

/** Whether it is a second run of its cell. */
export const isVariant = (run: Pick<RunSummary, 'name' | 'cell'>): boolean => run.name !== run.cell

/** A name for a new experiment, in the person's language: its data and its cells, numbered where it is taken. */
export function newName(
  data: string,
  cells: readonly { readonly cell: string }[],
  taken: readonly string[],
  t: Messages,
): string {
  const names = [...new Set(cells.map(({ cell }) => t.cells[cell] ?? cell))]
  return freeName(`${data.replace(/\.[^.]+$/, '').slice(0, 60)}: ${names.join(', ')}`, taken)
}

/** The task in a few words: "Adding problem, T = 50". */
export function taskLabel({ spec, facts }: Pick<Experiment, 'spec' | 'facts'>, t: Messages): string {
  const { id } = spec.task
  if (id === 'adding') return t.taskFacts.adding(facts.length)
  if (id === 'text') return t.taskFacts.text(facts.length)
  if (id === 'csv') return t.taskFacts.csv(facts.target ?? '', facts.length)
  return t.taskFacts.any(t.tasks[id] ?? id, facts.length)
}

/** A metric as its task means it: a share in percent, or a number in the data's unit. */
const shares = ['recall', 'legal-strings', 'clue-repeated']
export const isShare = (metric: string): boolean => metric.startsWith('accuracy') || shares.includes(metric)
