import { LabError } from '../../../shared/errors.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import { taskById } from '../../engine/tasks/registry.ts'
import { fileOf } from '../runs/spec.ts'
import type { Source } from '../workspace/experiments.ts'
import type { Workspace } from '../workspace/workspace.ts'

/**
 * The dataset a resolved task names in `task.file`, of the kind it needs, and the content that stays what it is now;
 * undefined where it reads none.
 */
export async function datasetOf(workspace: Workspace, task: RunSpec['task']): Promise<Source | undefined> {
  const id = fileOf({ task })
  if (id === undefined) return undefined
  const { name, kind, hash } = workspace.datasets.get(id)
  const { needs } = taskById(task.id)
  // A table can be read as a text.
  if (kind !== needs && !(kind === 'table' && needs === 'text')) {
    const message = `The task "${task.id}" needs a dataset of the kind "${needs}", but ${name} is "${kind}".`
    throw new LabError('spec-invalid', message, 'Choose another dataset.', { field: 'task.file', value: name })
  }
  return { name, hash: hash || (await workspace.versions.keep(id)).hash }
}
