import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import { RunSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { cells } from '../../engine/cells/catalogue.ts'
import { optimizerById } from '../../engine/optimizers.ts'
import { taskById } from '../../engine/tasks/registry.ts'

/**
 * RUN.json with every default filled in, its task's fields included. Throws `spec-invalid` with the
 * field's path, the value and the limit, or with what there is to choose from.
 */
export function resolveSpec(input: unknown, where: string): RunSpec {
  const { $schema: _schema, ...spec } = parse(RunSpec, input, 'spec-invalid', where)
  const shape = v.object({ task: taskById(spec.task.id).schema })
  const { task } = parse(shape, { task: spec.task }, 'spec-invalid', where)
  for (const [index, { cell, activation }] of spec.cells.entries()) {
    const field = `cells.${index}`
    if (!cells.some(({ id }) => id === cell)) {
      const message = `${where}: "${field}.cell" is "${cell}", which does not exist.`
      const known = cells.map(({ id }) => id).join(', ')
      throw new LabError('spec-invalid', message, `Use one of: ${known}.`, { field: `${field}.cell`, value: cell })
    }
    if (activation && cell !== 'rnn') {
      const message = `${where}: "${field}.activation" is only for the cell "rnn", not for "${cell}".`
      throw new LabError('spec-invalid', message, 'Remove the field.', {
        field: `${field}.activation`,
        value: activation,
      })
    }
  }
  optimizerById(spec.training.optimizer)
  return { ...spec, task: task as RunSpec['task'] }
}

/** The file a resolved task reads: a path on the command line, a dataset's id in the lab. */
export function fileOf({ task }: RunSpec): string | undefined {
  return taskById(task.id).needs === 'nothing' ? undefined : String(task.file)
}
