import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readNpz } from '../../main/lab/formats/npz.ts'
import { readSafetensors } from '../../main/lab/formats/safetensors.ts'
import type { Batch, Model, Trace } from '../../shared/model.ts'

/** What make_goldens.py wrote, as committed. */
export const committed = fileURLToPath(new URL('./goldens', import.meta.url))

export interface Golden {
  readonly model: Model
  readonly batch: Batch
  readonly trace: Trace
}

interface Index {
  readonly versions: Readonly<Record<string, string>>
  readonly cases: readonly { readonly name: string; readonly cell: string; readonly activation: string | null }[]
}

export function readIndex(folder: string): Index {
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index
}

export function readGolden(folder: string, name: string): Golden {
  const path = (file: string): string => join(folder, name, file)
  const arrays = (file: string): object =>
    Object.fromEntries([...readNpz(readFileSync(path(file)), path(file))].map(([key, { array }]) => [key, array]))
  return {
    model: {
      config: JSON.parse(readFileSync(path('model.json'), 'utf8')) as Model['config'],
      parameters: readSafetensors(readFileSync(path('model.safetensors')), path('model.safetensors')).tensors,
    },
    batch: arrays('batch.npz') as Batch,
    trace: arrays('trace.npz') as Trace,
  }
}
