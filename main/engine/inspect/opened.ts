import { LabError } from '../../../shared/errors.ts'
import type { Batch, Model, ModelConfig } from '../../../shared/model.ts'
import type { Compute } from '../layers/layer.ts'
import type { TaskSource } from '../protocol.ts'
import { taskById } from '../tasks/registry.ts'
import type { Interface } from '../tasks/task.ts'
import { taskOfBatch } from './given-batch.ts'
import type { Subject } from './subject.ts'

/** A model from a file, and what it is to read: a batch, or a task's examples. */
export interface Opening {
  readonly model: Model
  readonly examples:
    | { readonly kind: 'batch'; readonly batch: Batch }
    /** `task` is resolved. */
    | {
        readonly kind: 'task'
        readonly task: { readonly id: string }
        readonly source?: TaskSource
        readonly seed: number
      }
}

/** Training batches of an opened model, of which it has seen none: as many as a default training has. */
const [batchSize, updates] = [32, 1200]

/** Throws LabError `model-invalid` where the task asks for another network, and what the task throws. */
export function openedSubject(compute: Compute, { model, examples }: Opening): Subject {
  const runs = [{ name: 'model', model, step: 0 }]
  if (examples.kind === 'batch') {
    return { task: taskOfBatch(model.config, examples.batch), compute, batchSize, updates: 0, runs }
  }
  const task = taskById(examples.task.id).create(examples.task, examples.source, examples.seed)
  const wrong = misfit(model.config, task.interface)
  if (wrong) {
    const message = `The task "${examples.task.id}" needs ${wrong.field} ${wrong.needed}, but the model has ${wrong.found}.`
    throw new LabError('model-invalid', message, 'Choose the task that it was trained on, or a batch.', {
      field: wrong.field,
    })
  }
  return { task, compute, batchSize, updates, runs }
}

/** The first thing that a task needs of its network and this one does not have. */
export function misfit(config: ModelConfig, needed: Interface) {
  const of = ({ inputSize, outputSize, head, loss, embedding }: Interface) => ({
    // An embedding's size is the network's own.
    ...(embedding ? { 'embedding.vocab': embedding.vocab } : { inputSize }),
    outputSize,
    head,
    loss,
  })
  const found: Readonly<Record<string, unknown>> = of(config)
  const wrong = Object.entries(of(needed)).find(([field, value]) => found[field] !== value)
  return wrong && { field: wrong[0], needed: String(wrong[1]), found: String(found[wrong[0]] ?? 'none') }
}
