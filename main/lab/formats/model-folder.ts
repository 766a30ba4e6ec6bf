import { join } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import type { Model, ModelConfig, Parameters } from '../../../shared/model.ts'
import { parameterShapes } from '../../engine/initialise.ts'
import { type FileSet, readInput } from '../files.ts'
import { readModelConfig, writeModelConfig } from './model-config.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

const shown = (shape: readonly number[]) => `[${shape.join(', ')}]`

/** The parameters that `config` asks for, in their order. Throws `model-invalid` for any other set. */
export function checkParameters(config: ModelConfig, found: Parameters, where: string): Parameters {
  const expected = parameterShapes(config)
  const fail = (tensor: string, message: string, hint: string): never => {
    throw new LabError('model-invalid', `${where}: ${message}.`, hint, { file: where, tensor })
  }
  const surplus = Object.keys(found).find((name) => !Object.hasOwn(expected, name))
  const entries = Object.entries(expected).map(([name, shape]) => {
    const tensor = found[name]
    if (!tensor) {
      const names = Object.keys(found).join(', ') || 'none'
      return fail(name, `there is no tensor "${name}" ${shown(shape)}`, `The file has: ${names}.`)
    }
    if (shown(tensor.shape) !== shown(shape)) {
      const message = `tensor "${name}" has shape ${shown(tensor.shape)}, expected ${shown(shape)}`
      return fail(name, message, 'Correct the sizes in model.json or save the weights of that model.')
    }
    const wrong = tensor.data.findIndex((value) => !Number.isFinite(value))
    if (wrong >= 0) {
      return fail(name, `tensor "${name}" holds ${tensor.data[wrong]} at ${wrong}`, 'Save weights that are finite.')
    }
    return [name, tensor] as const
  })
  if (surplus) {
    const names = Object.keys(expected).join(', ')
    fail(surplus, `tensor "${surplus}" is not one of this model`, `Expected are: ${names}.`)
  }
  return Object.fromEntries(entries)
}

/**
 * Reads a model folder (model.json, model.safetensors with PyTorch's state-dict names). Throws
 * `file-missing`, `format-invalid` or `model-invalid` naming the file and the field or tensor.
 */
export async function readModelFolder(folder: string): Promise<Model> {
  const configFile = join(folder, 'model.json')
  const weightsFile = join(folder, 'model.safetensors')
  const config = readModelConfig(await readInput(configFile), configFile)
  const { tensors } = readSafetensors(await readInput(weightsFile), weightsFile)
  return { config, parameters: checkParameters(config, tensors, weightsFile) }
}

/** The two files of a model folder. */
export function modelFiles({ config, parameters }: Model): FileSet {
  return { 'model.json': writeModelConfig(config), 'model.safetensors': writeSafetensors(parameters) }
}
