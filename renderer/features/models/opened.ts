import type { Experiment } from '../../../shared/contract.ts'
import type { OpenedModel } from '../../../shared/inspect.ts'

/** Models opened since the page was loaded, by their id in the lab: it keeps them until they are closed. */
const models = new Map<string, OpenedModel>()

export const remember = (model: OpenedModel): void => void models.set(model.id, model)
export const openedModel = (id: string): OpenedModel | undefined => models.get(id)

/** An opened model as the inspector reads an experiment: one run, named `model`, that this lab has not trained. */
export function asExperiment({ id, name, config, parameters, facts }: OpenedModel): Experiment {
  const { cell, hiddenSize, layers, activation, weights } = config
  const unknown = Number.NaN
  return {
    id,
    name,
    createdAt: 0,
    updatedAt: 0,
    engine: '',
    facts,
    spec: {
      task: { id: 'model' },
      cells: [{ cell, hiddenSize, layers, activation, weights }],
      training: {},
      seed: 0,
    } as unknown as Experiment['spec'],
    runs: [
      {
        name: 'model',
        cell,
        parameters,
        state: 'done',
        step: 0,
        stepsPerSecond: 0,
        loss: unknown,
        metric: unknown,
        validationLoss: unknown,
        validationMetric: unknown,
        horizon: unknown,
      },
    ],
  }
}
