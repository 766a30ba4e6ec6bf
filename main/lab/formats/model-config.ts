import * as v from 'valibot'
import { LabError } from '../../../shared/errors.ts'
import type { ModelConfig } from '../../../shared/model.ts'
import { parse } from '../../../shared/validation.ts'
import { cells } from '../../engine/cells/catalogue.ts'

const Size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))
const Numbers = v.array(v.number())
const MeanStd = v.strictObject({ mean: Numbers, std: Numbers })

/** model.json as it is stored. Unknown fields are refused: they would change what the weights mean. */
export const ModelJson = v.strictObject({
  format: v.literal('unroll-model/1'),
  cell: v.string(),
  activation: v.optional(v.picklist(['tanh', 'relu', 'sigmoid', 'identity'])),
  inputSize: Size,
  hiddenSize: Size,
  layers: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  outputSize: Size,
  embedding: v.optional(v.strictObject({ vocab: Size, size: Size })),
  head: v.picklist(['last', 'every-step']),
  loss: v.picklist(['mse', 'cross-entropy', 'bce']),
  vocabulary: v.optional(v.array(v.string())),
  normalization: v.optional(v.strictObject({ inputs: v.optional(MeanStd), targets: v.optional(MeanStd) })),
  weights: v.optional(v.picklist(['shared', 'per-step'])),
  length: v.optional(Size),
})

function invalid(where: string, field: string, message: string, hint: string): never {
  throw new LabError('model-invalid', `${where}: ${message}.`, hint, { file: where, field })
}

/** What the fields must be to each other. */
function crossCheck(config: ModelConfig, where: string): void {
  const known = cells.map((cell) => cell.id)
  if (!known.includes(config.cell)) {
    invalid(where, 'cell', `"cell" is "${config.cell}", which is not known`, `Known cells: ${known.join(', ')}.`)
  }
  if (config.activation && config.cell !== 'rnn') {
    invalid(where, 'activation', '"activation" is only for the cell "rnn"', 'Remove the field.')
  }
  if (config.weights === 'per-step' && config.length === undefined) {
    invalid(where, 'length', 'per-step weights need a "length"', 'Give the number of time steps they are for.')
  }
  if (config.weights !== 'per-step' && config.length !== undefined) {
    invalid(where, 'length', '"length" is only for per-step weights', 'Remove the field, or set "weights".')
  }
  const { embedding, vocabulary, normalization } = config
  if (embedding && embedding.size !== config.inputSize) {
    const message = `"inputSize" is ${config.inputSize}, but the embedding's size is ${embedding.size}`
    invalid(where, 'inputSize', message, 'With an embedding, inputSize is the embedding size.')
  }
  if (vocabulary && embedding && vocabulary.length !== embedding.vocab) {
    const message = `"vocabulary" has ${vocabulary.length} entries, but the embedding ${embedding.vocab}`
    invalid(where, 'vocabulary', message, 'List one entry for every row of the embedding.')
  }
  const widths = { inputs: config.inputSize, targets: config.outputSize }
  for (const side of ['inputs', 'targets'] as const) {
    for (const part of ['mean', 'std'] as const) {
      const length = normalization?.[side]?.[part].length ?? widths[side]
      if (length === widths[side]) continue
      const field = `normalization.${side}.${part}`
      invalid(where, field, `"${field}" has ${length} numbers, expected ${widths[side]}`, 'Give one for every column.')
    }
  }
}

/** Reads model.json; throws `model-invalid` naming `where` and the field. */
export function readModelConfig(bytes: Uint8Array, where: string): ModelConfig {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const message = `${where} is not JSON: ${(error as Error).message}.`
    throw new LabError('model-invalid', message, 'Write it as UTF-8 JSON.', { file: where })
  }
  const { format: _format, weights, ...rest } = parse(ModelJson, json, 'model-invalid', where)
  const config: ModelConfig = weights === 'per-step' ? { ...rest, weights } : rest
  crossCheck(config, where)
  return config.cell === 'rnn' ? { ...config, activation: config.activation ?? 'tanh' } : config
}

export function writeModelConfig(config: ModelConfig): Uint8Array {
  const { cell, activation, ...rest } = config
  const json = { format: 'unroll-model/1', cell, ...(activation && { activation }), ...rest }
  return new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`)
}
