import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { LabError } from '../../../shared/errors.ts'
import { generic } from '../layers/generic.ts'
import type { Binding } from '../tensorflow/binding.ts'
import { native } from '../tensorflow/native.ts'
import type { Backend } from './backend.ts'

type TensorFlow = typeof import('@tensorflow/tfjs-node-gpu')

/**
 * TensorFlow's own library, by @tensorflow/tfjs-node-gpu and the binding of an engine pack (main/lab/packs), which
 * whoever starts this process names in UNROLL_TENSORFLOW_BINDING.
 */
export const tensorflow = (id: string): Backend => ({
  id,
  async start() {
    const binding = process.env.UNROLL_TENSORFLOW_BINDING
    if (!binding || !existsSync(binding)) {
      throw new LabError('engine-unavailable', `${id} is not installed.`, `Run: unroll engine install ${id}`, {
        engine: id,
      })
    }
    const tf = load(id)
    await tf.ready()
    const { binding: library } = tf.backend() as unknown as { binding: Binding & { TF_Version: string } }
    const description = "TensorFlow's own recurrent operations"
    const info = { id, state: 'ready', description, version: library.TF_Version } as const
    return { info, compute: native(library, generic) }
  },
})

function load(id: string): TensorFlow {
  const require = createRequire(import.meta.url)
  // The package asks these two of Node, which has dropped the first and warns of the second.
  const util = require('node:util') as Record<string, unknown>
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray = Array.isArray
  try {
    return require('@tensorflow/tfjs-node-gpu') as TensorFlow
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? ''
    const hint = `Run: unroll engine verify ${id}, or install it again.`
    throw new LabError('engine-unavailable', `${id} cannot be loaded: ${reason}`, hint, { engine: id })
  }
}
