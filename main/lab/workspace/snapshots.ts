import type { Snapshot } from '../../engine/protocol.ts'
import { readSafetensors, writeSafetensors } from '../formats/safetensors.ts'

const parts = ['parameters', 'optimizer'] as const

/** A snapshot as a safetensors file: `parameters.NAME`, `optimizer.NAME`, and the step as metadata. */
export function writeSnapshot(snapshot: Snapshot): Uint8Array {
  const tensors = parts.flatMap((part) =>
    Object.entries(snapshot[part]).map(([name, tensor]) => [`${part}.${name}`, tensor] as const),
  )
  return writeSafetensors(Object.fromEntries(tensors), { step: String(snapshot.step) })
}

/** Throws `format-invalid` naming `where`. */
export function readSnapshot(bytes: Uint8Array, where: string): Snapshot {
  const { tensors, metadata } = readSafetensors(bytes, where)
  const part = (name: string) =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([key]) => key.startsWith(`${name}.`))
        .map(([key, tensor]) => [key.slice(name.length + 1), tensor] as const),
    )
  return { step: Number(metadata.step), parameters: part('parameters'), optimizer: part('optimizer') }
}
