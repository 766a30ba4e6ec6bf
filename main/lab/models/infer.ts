import { LabError } from '../../../shared/errors.ts'
import type { OpenChoices } from '../../../shared/inspect.ts'
import type { ModelConfig, Parameters } from '../../../shared/model.ts'
import { type Floats, ndarray, sizeOf } from '../../../shared/ndarray.ts'
import { cells } from '../../engine/cells/catalogue.ts'
import { activations } from '../../engine/cells/rnn.ts'

/** A state dict as far as its names and shapes tell what it is. */
export interface Draft {
  /** Without what has to be asked for. */
  readonly config: Partial<ModelConfig> & Pick<ModelConfig, 'inputSize' | 'hiddenSize' | 'layers' | 'outputSize'>
  /** By the names that a model folder has. */
  readonly parameters: Parameters
  /** Cells with as many gates as this one has, the one of PyTorch first; activations where there is a choice. */
  readonly cells: readonly string[]
  readonly activations: readonly string[]
}

/**
 * Reads names and shapes of a PyTorch state dict: one nn.RNN, nn.LSTM or nn.GRU of any name, with its linear
 * head and, where it reads ids, its embedding. A bias that is left out is one of zeros. Throws
 * `model-invalid` naming the tensor for what no cell here is.
 */
export function inferModel(tensors: Parameters, choices: OpenChoices, where: string): Draft {
  const fail = (message: string, hint: string): never => {
    throw new LabError('model-invalid', `${where}: ${message}.`, hint, { file: where })
  }
  const names = Object.keys(tensors)
  const listed = names.slice(0, 40).join(', ') || 'none'
  const starts = names.filter((name) => name.endsWith('weight_ih_l0'))
  const [start] = starts
  if (!start || starts.length > 1) {
    const found = start ? `${starts.length} recurrent parts` : 'no recurrent part'
    fail(`it has ${found}`, `Save a state dict with one nn.RNN, nn.LSTM or nn.GRU. The file has: ${listed}.`)
  }
  const prefix = (start as string).slice(0, -'weight_ih_l0'.length)
  const strange = names.find(
    (name) => name.startsWith(prefix) && /_reverse$|^weight_hr_/.test(name.slice(prefix.length)),
  )
  if (strange) {
    fail(
      `tensor "${strange}" belongs to a bidirectional or projected layer`,
      'Only layers in one direction can be opened.',
    )
  }
  const own = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  const layers = own.filter((name) => /^weight_ih_l\d+$/.test(name)).length
  const input = tensors[start as string] as Floats
  const recurrent = tensors[`${prefix}weight_hh_l0`]
  const perStep = input.shape.length === 3
  if (!recurrent || recurrent.shape.length !== input.shape.length || input.shape.length < 2 || input.shape.length > 3) {
    return fail(
      `tensor "${prefix}weight_hh_l0" is missing or has another rank than "${start}"`,
      `The file has: ${listed}.`,
    )
  }
  const [rows, hiddenSize] = recurrent.shape.slice(-2) as [number, number]
  const inputSize = input.shape.at(-1) as number
  const parameters: Record<string, Floats> = {}
  const used = new Set<string>()
  const take = (from: string, to: string) => {
    parameters[to] = tensors[from] as Floats
    used.add(from)
  }
  for (const name of names)
    if (name.startsWith(prefix) && /_l\d+$/.test(name)) take(name, `rnn.${name.slice(prefix.length)}`)
  for (let layer = 0; layer < layers; layer++) {
    for (const bias of ['bias_ih', 'bias_hh']) {
      const shape = [...input.shape.slice(0, perStep ? 1 : 0), rows]
      parameters[`rnn.${bias}_l${layer}`] ??= ndarray(shape, new Float32Array(sizeOf(shape)))
    }
  }
  const weights = names.filter(
    (name) => !used.has(name) && name.endsWith('weight') && tensors[name]?.shape.length === 2,
  )
  const biasOf = (name: string) => `${name.slice(0, -'weight'.length)}bias`
  const isHead = (name: string) => tensors[name]?.shape[1] === hiddenSize && !/emb/i.test(name)
  const head = weights.find((name) => isHead(name) && tensors[biasOf(name)]) ?? weights.find(isHead)
  if (!head) {
    return fail(
      'it has no head',
      `Save the recurrent part together with a linear layer [K, ${hiddenSize}] that answers.`,
    )
  }
  const outputSize = tensors[head]?.shape[0] as number
  take(head, 'head.weight')
  if (tensors[biasOf(head)]) take(biasOf(head), 'head.bias')
  else parameters['head.bias'] = ndarray([outputSize], new Float32Array(outputSize))
  const table = weights.find((name) => name !== head && tensors[name]?.shape[1] === inputSize && !tensors[biasOf(name)])
  if (table) take(table, 'embedding.weight')
  const left = names.find((name) => !used.has(name))
  if (left) fail(`tensor "${left}" belongs to none of recurrent part, head and embedding`, 'Save those alone.')

  const possible = cells.filter(({ rows: blocks, peepholes }) => {
    return (
      blocks.length * hiddenSize === rows && !!peepholes === names.some((name) => name.startsWith(`${prefix}weight_c`))
    )
  })
  if (!possible.length) fail(`"${prefix}weight_hh_l0" has ${rows} rows for ${hiddenSize} units`, 'No cell has as many.')
  const ids = possible.map(({ id }) => id).sort((a, b) => Number(b === 'gru') - Number(a === 'gru'))
  const cell = choices.cell ?? (ids.length === 1 ? ids[0] : undefined)
  if (cell && !ids.includes(cell))
    fail(`it cannot be the cell "${cell}"`, `By its shapes it can be: ${ids.join(', ')}.`)
  return {
    config: {
      ...(cell && { cell }),
      ...(choices.activation && cell === 'rnn' && { activation: choices.activation }),
      inputSize,
      hiddenSize,
      layers,
      outputSize,
      ...(table && { embedding: { vocab: tensors[table]?.shape[0] as number, size: inputSize } }),
      ...(choices.head && { head: choices.head }),
      ...(choices.loss && { loss: choices.loss }),
      ...(choices.vocabulary && { vocabulary: choices.vocabulary }),
      ...(perStep && { weights: 'per-step', length: input.shape[0] as number }),
    },
    parameters,
    cells: ids,
    activations: cell === 'rnn' ? activations : [],
  }
}
