import type { Handlers } from '../../shared/contract.ts'
import type { OpenChoices } from '../../shared/inspect.ts'
import type { RunSpec } from '../../shared/spec.ts'
import { parse } from '../../shared/validation.ts'
import { taskById } from '../engine/tasks/registry.ts'
import { datasetOf } from './datasets/dataset-of.ts'
import { readSource } from './datasets/source.ts'
import type { Inspectable, OpenedModels } from './models/opened-models.ts'
import type { Trainings } from './trainings.ts'
import type { Workspace } from './workspace/workspace.ts'

/** An experiment, or a model that was opened. Throws `not-found`. */
export const inspectable = (id: string, trainings: Trainings, models: OpenedModels): Inspectable =>
  models.peek(id) ?? trainings.get(id)

/** What the Score and the gate inspector ask of experiments and opened models. */
export function inspectRoom(
  workspace: Workspace,
  trainings: Trainings,
  models: OpenedModels,
): Pick<Handlers, 'inspect'> {
  const of = (id: string) => inspectable(id, trainings, models)
  return {
    inspect: {
      steps: (id) => of(id).storedSteps(),
      example: (id, query) => of(id).example(query),
      whatIf: (id, query) => of(id).whatIf(query),
      batch: (id, query) => of(id).batch(query),
      glance: (id, query) => of(id).glance(query),
      gates: (id) => of(id).gates(),
      find: (id, query) => of(id).find(query),
      cancelFind: (id) => of(id).cancelFind(),
      open: async (files, choices) => models.open(files, choices, await taskOf(workspace, choices)),
      close: (id) => models.close(id),
    },
  }
}

/** The task that was chosen to draw examples from, resolved, with the content of the dataset that it names. */
async function taskOf(workspace: Workspace, { task: chosen }: OpenChoices) {
  if (!chosen) return undefined
  const task = parse(taskById(chosen.id).schema, chosen, 'spec-invalid', 'the task') as RunSpec['task']
  const dataset = await datasetOf(workspace, task)
  return { task, source: dataset && readSource(task, dataset.name, await workspace.content(dataset.hash)) }
}
