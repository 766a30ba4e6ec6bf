import { createHash } from 'node:crypto'
import { LabError } from '../../../shared/errors.ts'
import type { Parameters } from '../../../shared/model.ts'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { type Rows, validatedOf } from '../../../shared/telemetry.ts'
import type { Snapshot } from '../../engine/protocol.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

/** What a checkpoint is of. A run goes on from it bit for bit where all of this is the same. */
export interface Origin {
  /** The run's name in its experiment, e.g. `lstm-2`. */
  readonly run: string
  /**
   * Every random number is a pure function of seed, name and step: with the step, this is the state of all
   * random streams.
   */
  readonly seed: number
  /** SHA-256 of what decides the updates (lab/runs/origin.ts). */
  readonly spec: string
  /** SHA-256 of the data file's bytes; empty where the task reads none. */
  readonly data: string
}

export interface Checkpoint {
  /** Its step is the data position as well. */
  readonly snapshot: Snapshot
  readonly origin?: Origin
  /** Everything the run reported up to the step, where that is not kept elsewhere. */
  readonly rows?: Rows
}

const format = 'unroll-checkpoint/1'
const hashKey = '"sha256":"'
const noHash = '0'.repeat(64)
const historyColumns = ['step', 'loss', 'metric', 'validationLoss', 'validationMetric', 'validated'] as const

/**
 * unroll-checkpoint/1, a safetensors file: `parameters.NAME` and `optimizer.NAME`; with rows also
 * `history.COLUMN` [N], `flow.step` [M], `flow.hidden` [M, T] and, for cells with a c, `flow.cell` [M, T].
 * Steps are float32 there, which holds them exactly up to 2^24. Metadata: `format`, `step`, the origin's
 * fields, and `sha256` of the whole file with 64 zeros in its own place.
 */
export function writeCheckpoint({ snapshot, origin, rows }: Checkpoint): Uint8Array {
  const tensors = { ...named('parameters', snapshot.parameters), ...named('optimizer', snapshot.optimizer) }
  const { step } = snapshot
  const bytes = writeSafetensors(rows ? { ...tensors, ...rowTensors(rows) } : tensors, {
    format,
    step: String(step),
    ...(origin && { run: origin.run, seed: String(origin.seed), spec: origin.spec, data: origin.data }),
    sha256: noHash,
  })
  bytes.set(new TextEncoder().encode(digest(bytes)), placeOfHash(bytes))
  return bytes
}

/** Throws `format-invalid` naming `where` for a file that is not one, or is not as it was written. */
export function readCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, where)
  const fail = (what: string): never => {
    throw new LabError('format-invalid', `${where}: ${what}.`, 'Go on from the checkpoint before it.', { file: where })
  }
  const step = Number(metadata.step)
  if (!Number.isSafeInteger(step) || step < 0) fail(`its step is "${metadata.step}"`)
  const part = (name: string): Parameters =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([key]) => key.startsWith(`${name}.`))
        .map(([key, tensor]) => [key.slice(name.length + 1), tensor] as const),
    )
  const snapshot = { step, parameters: part('parameters'), optimizer: part('optimizer') }
  if (metadata.format !== format) fail(`its format is "${metadata.format}", known is "${format}"`)
  if (isDamaged(bytes, metadata.sha256)) fail('it is damaged: its SHA-256 is not the one it was written with')
  const { run, seed, spec, data } = metadata
  const known = run !== undefined && seed !== undefined && spec !== undefined && data !== undefined
  const rows = tensors['history.step'] && tensorRows(tensors)
  return { snapshot, ...(known && { origin: { run, seed: Number(seed), spec, data } }), ...(rows && { rows }) }
}

function named(part: string, tensors: Parameters): Parameters {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${part}.${name}`, tensor]))
}

function rowTensors({ history: measured, flow }: Rows): Parameters {
  const history = { ...measured, validated: validatedOf(measured) }
  const column = (values: ArrayLike<number>): Floats => ndarray([values.length], Float32Array.from(values))
  return {
    ...Object.fromEntries(historyColumns.map((name) => [`history.${name}`, column(history[name])])),
    'flow.step': column(flow.step),
    'flow.hidden': flow.hidden,
    ...(flow.cell && { 'flow.cell': flow.cell }),
  }
}

function tensorRows(tensors: Parameters): Rows {
  const get = (name: string) => tensors[name] as Floats
  const column = (name: string) => get(`history.${name}`).data
  return {
    history: {
      step: Int32Array.from(column('step')),
      loss: column('loss'),
      metric: column('metric'),
      validationLoss: column('validationLoss'),
      validationMetric: column('validationMetric'),
      ...(tensors['history.validated'] && { validated: Int32Array.from(column('validated')) }),
    },
    flow: {
      step: Int32Array.from(get('flow.step').data),
      hidden: get('flow.hidden'),
      ...(tensors['flow.cell'] && { cell: tensors['flow.cell'] }),
    },
  }
}

function placeOfHash(bytes: Uint8Array): number {
  const place = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(hashKey)
  return place < 0 ? -1 : place + hashKey.length
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function isDamaged(bytes: Uint8Array, hash: string | undefined): boolean {
  const place = placeOfHash(bytes)
  if (place < 0) return true
  const bare = bytes.slice()
  bare.set(new TextEncoder().encode(noHash), place)
  return digest(bare) !== hash
}
