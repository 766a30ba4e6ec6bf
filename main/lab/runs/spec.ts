import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import { type CellSpec, RunSpec, TrainingSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { cells } from '../../engine/cells/catalogue.ts'
import { defaultHiddenSize } from '../../engine/configs.ts'
import { settingsOf } from '../../engine/optimizers/registry.ts'
import type { JobFacts } from '../../engine/protocol.ts'
import { resolveSchedule } from '../../engine/schedules.ts'
import { taskById } from '../../engine/tasks/registry.ts'

/**
 * RUN.json with every default filled in, its task's and its optimiser's included. What only the data can
 * tell stays open: the size of a cell that matches another one's parameters. Throws `spec-invalid` with the
 * field's path, the value and the limit, or with what there is to choose from.
 */
export function resolveSpec(input: unknown, where: string): RunSpec {
  const { $schema: _schema, ...spec } = parse(RunSpec, input, 'spec-invalid', where)
  const shape = v.object({ task: taskById(spec.task.id).schema })
  const { task } = parse(shape, { task: spec.task }, 'spec-invalid', where)
  return {
    ...spec,
    task: task as RunSpec['task'],
    cells: spec.cells.map((cell, index) => resolveCell(cell, index, spec.cells, where)),
    training: resolveTraining(spec.training, spec.cells, where),
  }
}

function resolveCell(cell: CellSpec, index: number, all: readonly CellSpec[], where: string): CellSpec {
  const refuse = (name: keyof CellSpec, what: string, hint: string): never => {
    const field = `cells.${index}.${name}`
    throw new LabError('spec-invalid', `${where}: "${field}" ${what}.`, hint, { field, value: String(cell[name]) })
  }
  if (!cells.some(({ id }) => id === cell.cell)) {
    refuse('cell', `is "${cell.cell}", which does not exist`, `Use one of: ${cells.map(({ id }) => id).join(', ')}.`)
  }
  if (cell.activation && cell.cell !== 'rnn') {
    refuse('activation', `is only for the cell "rnn", not for "${cell.cell}"`, 'Remove the field.')
  }
  const { matchParametersOf: matched, hiddenSize } = cell
  if (matched === undefined) return { ...cell, hiddenSize: hiddenSize ?? defaultHiddenSize }
  if (hiddenSize !== undefined) {
    refuse('matchParametersOf', `decides the size, but "hiddenSize" is ${hiddenSize}`, 'Remove one of the two.')
  }
  if (matched === index || all[matched]?.matchParametersOf !== undefined) {
    refuse('matchParametersOf', `is ${matched}, a cell without a size of its own`, 'Name one with a hiddenSize.')
  }
  if (!all[matched]) {
    refuse('matchParametersOf', `is ${matched}, but there are ${all.length} cells`, 'Count the cells from 0.')
  }
  return cell
}

function resolveTraining(training: TrainingSpec, all: readonly CellSpec[], where: string): TrainingSpec {
  refuseUnread(training, all, where)
  try {
    return { ...training, ...settingsOf(training), schedule: resolveSchedule(training) }
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    throw new LabError(error.code, `${where}: ${error.message}`, error.hint, error.details)
  }
}

/**
 * Throws `spec-invalid` for a start that no cell reads: it would look as if it mattered. A forget bias as it is
 * left out stands in every resolved spec, and a page's form sends it with every other field.
 */
function refuseUnread({ init, forgetBias }: TrainingSpec, all: readonly CellSpec[], where: string): void {
  const refuse = (name: 'init' | 'forgetBias', value: string | number, needs: string, hint: string): never => {
    const field = `training.${name}`
    const message = `${where}: "${field}" is ${JSON.stringify(value)}, which only ${needs} reads, and there is none.`
    throw new LabError('spec-invalid', message, hint, { field, value: String(value) })
  }
  if (init === 'identity' && !all.some(({ cell }) => cell === 'rnn')) {
    refuse('init', init, 'the cell "rnn"', 'Add that cell, or set it to "pytorch" or "keras".')
  }
  const gated = cells.filter(({ rows }) => rows.includes('forget')).map(({ id }) => id)
  if (forgetBias !== v.getDefault(TrainingSpec.entries.forgetBias) && !all.some(({ cell }) => gated.includes(cell))) {
    refuse('forgetBias', forgetBias, 'a cell with a forget gate', `Remove it, or add one of: ${gated.join(', ')}.`)
  }
}

/** A resolved spec with the sizes that the data brought about in place of how they were described. */
export function withSizes(spec: RunSpec, { runs }: Pick<JobFacts, 'runs'>): RunSpec {
  const size = (index: number) => runs[index]?.config.hiddenSize
  return { ...spec, cells: spec.cells.map((cell, index) => ({ ...cell, hiddenSize: size(index) })) }
}

/** The file a resolved task reads: a path on the command line, a dataset's id in the lab. */
export function fileOf({ task }: Pick<RunSpec, 'task'>): string | undefined {
  return taskById(task.id).needs === 'nothing' ? undefined : String(task.file)
}
