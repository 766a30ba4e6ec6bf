import type { CheckRow } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Batch, Model, ModelConfig, Parameters, Trace } from '../../../shared/model.ts'
import type { Floats, Integers } from '../../../shared/ndarray.ts'
import type { Compute } from '../layers/layer.ts'
import { equationsName } from '../names.ts'
import { trace } from '../trace.ts'
import { compareTraces, tolerance } from './compare.ts'
import stored from './goldens.json' with { type: 'json' }

/** Written by tests/parity/make_goldens.py. */
interface Packed {
  readonly shape: readonly number[]
  readonly type: string
  /** Little-endian bytes in base64. */
  readonly data: string
}

interface Case {
  readonly name: string
  readonly config: ModelConfig & { readonly format: string }
  readonly parameters: Readonly<Record<string, Packed>>
  readonly batch: Readonly<Record<string, Packed>>
  readonly trace: Readonly<Record<string, Packed>>
}

export interface Golden {
  readonly name: string
  readonly model: Model
  readonly batch: Batch
  readonly trace: Trace
}

/** The file of stored goldens, as make_goldens.py writes it. */
export interface StoredGoldens {
  readonly versions: Readonly<Record<string, string>>
  readonly cases: readonly Case[]
}

/** What PyTorch computed, as it is stored with the lab. */
export const goldens = (): Golden[] => unpackGoldens(stored as unknown as StoredGoldens)

export function unpackGoldens({ cases }: StoredGoldens): Golden[] {
  return cases.map(({ name, config: { format: _format, ...config }, parameters, batch, trace }) => ({
    name,
    model: { config, parameters: unpacked(parameters) as Parameters },
    batch: unpacked(batch) as unknown as Batch,
    trace: unpacked(trace) as Trace,
  }))
}

function unpacked(arrays: Readonly<Record<string, Packed>>): Record<string, Floats | Integers> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, type, data }]) => {
      const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer
      return [
        name,
        type === 'int32' ? { shape, data: new Int32Array(bytes) } : { shape, data: new Float32Array(bytes) },
      ]
    }),
  )
}

/**
 * The largest relative difference of any array at any time step from PyTorch's, a row for each cell; NaN with the
 * reason for a cell that needs an operation which the engine does not have.
 */
export function checkGoldens(compute: Compute): CheckRow[] {
  const worst = new Map<string, { figure: number; reason?: string }>()
  for (const golden of goldens()) {
    const of = equationsName(golden.model.config)
    const before = worst.get(of)
    if (before?.reason === undefined) worst.set(of, worse(before?.figure ?? 0, compareGolden(compute, golden)))
  }
  return [...worst].map(([of, found]) => ({ of, ...found, limit: tolerance }))
}

const worse = (before: number, now: number | string) =>
  typeof now === 'string' ? { figure: Number.NaN, reason: now } : { figure: Math.max(before, now) }

/** The largest relative difference, or why the engine cannot compute it at all. */
function compareGolden(compute: Compute, golden: Golden): number | string {
  let found: Trace
  try {
    found = trace(compute, golden.model, golden.batch)
  } catch (error) {
    // The words of TensorFlow.js for an operation that a backend of its does not have.
    const missing = /^Kernel '(\w+)' not registered/.exec((error as Error).message)
    if (missing) return `no operation ${missing[1]}`
    // A device's own refusal; nothing else is wrong with these small models.
    if (error instanceof LabError && error.code === 'spec-invalid') return error.message
    throw error
  }
  const relative = compareTraces(found, golden.trace).map((row) => row.relative)
  if (relative.some(Number.isNaN)) throw new LabError('internal', `${golden.name} could not be compared.`, '')
  return Math.max(...relative)
}
