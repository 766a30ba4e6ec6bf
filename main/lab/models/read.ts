import { basename } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import type { IncompleteModel, OpenChoices } from '../../../shared/inspect.ts'
import type { Batch, Model, ModelConfig } from '../../../shared/model.ts'
import { misfit } from '../../engine/inspect/opened.ts'
import { taskById, tasks } from '../../engine/tasks/registry.ts'
import { readBatch } from '../formats/batch.ts'
import { readModelConfig } from '../formats/model-config.ts'
import { checkParameters } from '../formats/model-folder.ts'
import { readSafetensors } from '../formats/safetensors.ts'
import { readZip } from '../formats/zip.ts'
import { type Draft, inferModel } from './infer.ts'

/** A file that somebody handed over. */
export interface Handed {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A model, and the batch that was handed over with it. */
export interface ReadModel {
  readonly state: 'read'
  readonly name: string
  readonly model: Model
  readonly batch?: Batch
}

/** A zip of files from outside may unpack to so much. */
const maxUnpacked = 256 * 1024 * 1024
/** Time steps and examples of a batch that can be looked into. */
const limits = { steps: 20_000, examples: 100_000 } as const

/**
 * A model from model.json with its weights, a zip of both, or weights alone; and a batch where one is there.
 * Incomplete where the files leave something open that `choices` do not say. Throws `model-invalid`,
 * `batch-invalid` or `format-invalid` naming file and field, tensor or array.
 */
export function readModel(handed: readonly Handed[], choices: OpenChoices): ReadModel | IncompleteModel {
  const files = handed.flatMap(unpacked)
  const weights = only(files, '.safetensors')
  if (!weights) {
    const message = `There is no .safetensors file among: ${files.map(({ name }) => name).join(', ') || 'nothing'}.`
    throw new LabError('model-invalid', message, 'Add the weights: model.safetensors, or a zip with it.')
  }
  const described = only(files, 'model.json')
  const model = described ? modelOf(weights, described) : modelOfWeights(weights, choices)
  if ('state' in model) return model
  // The telemetry of a run is an .npz as well.
  const given = only(
    files.filter(({ name }) => basename(name) !== 'flow.npz'),
    '.npz',
  )
  const batch = given && checkSize(readBatch(given.bytes, model.config, given.name), given.name)
  if (!batch && !choices.task) {
    const options = fittingTasks(model.config)
    return { state: 'incomplete', config: model.config, missing: [{ field: 'examples', options }] }
  }
  return { state: 'read', name: handed[0]?.name ?? weights.name, model, ...(batch && { batch }) }
}

/**
 * A model from its weights alone; incomplete where their names and shapes leave something open that `choices` do
 * not say.
 */
export function modelOfWeights({ name, bytes }: Handed, choices: OpenChoices): Model | IncompleteModel {
  const read = completed(inferModel(readSafetensors(bytes, name).tensors, choices, name), choices)
  if ('state' in read) return read
  return { config: read.config, parameters: checkParameters(read.config, read.parameters, name) }
}

function modelOf(weights: Handed, described: Handed): Model {
  const config = readModelConfig(described.bytes, described.name)
  return {
    config,
    parameters: checkParameters(config, readSafetensors(weights.bytes, weights.name).tensors, weights.name),
  }
}

function unpacked({ name, bytes }: Handed): Handed[] {
  if (!name.toLowerCase().endsWith('.zip')) return [{ name, bytes }]
  return Object.entries(readZip(bytes, name, maxUnpacked)).map(([inside, content]) => ({
    name: inside,
    bytes: content,
  }))
}

function only(files: readonly Handed[], end: string): Handed | undefined {
  const found = files.filter(({ name }) => name.toLowerCase().endsWith(end))
  if (found.length < 2) return found[0]
  const message = `There are ${found.length} files that end with ${end}: ${found.map(({ name }) => name).join(', ')}.`
  throw new LabError('model-invalid', message, 'Hand over one model at a time.')
}

/** A draft with what its choices, or the task that was chosen, say of it; or what is still to be asked. */
function completed(
  draft: Draft,
  choices: OpenChoices,
): (Pick<Model, 'parameters'> & { config: ModelConfig }) | IncompleteModel {
  const needed = choices.task && interfaceOf(choices.task)
  const config = {
    ...(needed && {
      head: needed.head,
      loss: needed.loss,
      ...(needed.vocabulary && { vocabulary: needed.vocabulary }),
    }),
    ...draft.config,
  }
  const missing: IncompleteModel['missing'][number][] = []
  if (!config.cell) missing.push({ field: 'cell', options: draft.cells })
  if (draft.activations.length && !config.activation) missing.push({ field: 'activation', options: draft.activations })
  if (!config.head) missing.push({ field: 'head', options: ['last', 'every-step'] })
  if (!config.loss) missing.push({ field: 'loss', options: ['mse', 'cross-entropy', 'bce'] })
  const { cell, head, loss } = config
  if (missing.length || !cell || !head || !loss) return { state: 'incomplete', config, missing }
  return { config: { ...config, cell, head, loss }, parameters: draft.parameters }
}

/** What a task that draws its own data asks of its network; of others it depends on the data. */
function interfaceOf(task: { readonly id: string }) {
  const { needs, schema, create } = taskById(task.id)
  if (needs !== 'nothing') return undefined
  const { value } = schema['~standard'].validate(task) as { value?: unknown }
  return value === undefined ? undefined : create(value, undefined, 1).interface
}

function fittingTasks(config: ModelConfig): string[] {
  return Object.keys(tasks).filter((id) => {
    const needed = interfaceOf({ id })
    return needed && !misfit(config, needed)
  })
}

function checkSize(batch: Batch, where: string): Batch {
  const [examples = 0, steps = 0] = batch.inputs.shape
  if (steps <= limits.steps && examples <= limits.examples) return batch
  const message = `${where} has ${examples} sequences of ${steps} steps.`
  const hint = `At most ${limits.examples} of ${limits.steps} steps can be looked into.`
  throw new LabError('batch-invalid', message, hint, { file: where })
}
