import { LabError } from '../../../shared/errors.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import { tasks } from '../../engine/tasks/registry.ts'
import { fileOf } from '../runs/spec.ts'
import type { StoredDataset } from '../workspace/datasets.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** The dataset a resolved task names in `task.file`, of the kind it needs; undefined where it reads none. */
export function datasetOf(workspace: Workspace, task: RunSpec['task']): StoredDataset | undefined {
  const id = fileOf({ task })
  if (id === undefined) return undefined
  const dataset = workspace.datasets.get(id)
  const { needs } = tasks[task.id] ?? { needs: 'nothing' }
  if (needs !== 'table' || dataset.kind === 'table') return dataset
  const message = `The task "${task.id}" needs a table, but ${dataset.name} is a text.`
  const details = { field: 'task.file', value: dataset.name }
  throw new LabError('spec-invalid', message, 'Choose a table (.csv or .tsv).', details)
}
