import { LabError } from '../../../shared/errors.ts'
import type { Batch, ModelConfig } from '../../../shared/model.ts'
import type { Floats, Integers } from '../../../shared/ndarray.ts'
import { checkBatch } from '../../engine/batch.ts'
import type { NpyArray } from './npy.ts'
import { readNpz } from './npz.ts'

const layout = 'A batch has "inputs" [B, T, D] or ids [B, T], "targets", and "lengths" [B] where they differ.'

function floats({ array }: NpyArray): Floats {
  return { shape: array.shape, data: Float32Array.from(array.data) }
}

/** Whole numbers, also where they were saved as floats. */
function integers({ array, dtype }: NpyArray, name: string, where: string): Integers {
  const wrong = array.data.findIndex((value) => !Number.isInteger(value))
  if (wrong >= 0) {
    const message = `${where}: "${name}" (${dtype}) holds ${array.data[wrong]} at ${wrong}, expected whole numbers.`
    throw new LabError('batch-invalid', message, `Save "${name}" as int32.`, { file: where, array: name })
  }
  return { shape: array.shape, data: Int32Array.from(array.data) }
}

/** Reads a batch .npz for a model; throws `format-invalid` or `batch-invalid` naming file and array. */
export function readBatch(bytes: Uint8Array, config: ModelConfig, where: string): Batch {
  const arrays = readNpz(bytes, where)
  const need = (name: string): NpyArray => {
    const array = arrays.get(name)
    if (array) return array
    const names = [...arrays.keys()].join(', ') || 'none'
    throw new LabError('batch-invalid', `${where} has no array "${name}"; it has: ${names}.`, layout, { file: where })
  }
  const lengths = arrays.get('lengths')
  const ids = config.loss === 'cross-entropy'
  const batch: Batch = {
    inputs: config.embedding ? integers(need('inputs'), 'inputs', where) : floats(need('inputs')),
    targets: ids ? integers(need('targets'), 'targets', where) : floats(need('targets')),
    ...(lengths && { lengths: integers(lengths, 'lengths', where) }),
  }
  try {
    checkBatch(config, batch)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    throw new LabError(error.code, `${where}: ${error.message}`, layout, { ...error.details, file: where })
  }
  return batch
}
