import { readFile } from 'node:fs/promises'
import { LabError } from '../../../shared/errors.ts'

/** A byte address in the kernels' memory. */
export type Address = number

/** The kernels' memory, which threads share. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
  /** By pages of 64 KiB; throws RangeError when the machine or the limit of 4 GiB does not allow it. */
  grow(pages: number): number
}

/** One step of a cell for its examples; the cell's file in ./cells names the addresses. */
type StepKernel = (rows: number, units: number, ...addresses: number[]) => void

/**
 * What main/engine/kernels exports, explained there. Counts of rows and units come first, then addresses;
 * distances between rows (`line`, `step`, `stride`) are in bytes.
 */
export interface Kernels {
  freeFrom(): Address
  /** Where an instance may keep what it packs, `scratchBytes` of it. */
  useScratch(at: Address): void
  pack(from: Address, columns: number, step: number, depth: number, stride: number, to: Address): void
  multiply(
    rows: number,
    columns: number,
    depth: number,
    a: Address,
    step: number,
    stride: number,
    b: Address,
    c: Address,
    line: number,
    accumulate: 0 | 1,
  ): void
  fillRows(rows: number, units: number, first: Address, second: Address, to: Address, line: number): void
  addRows(rows: number, units: number, from: Address, line: number, to: Address): void
  addProducts(rows: number, units: number, a: Address, aLine: number, b: Address, bLine: number, to: Address): void
  squaredNorms(rows: number, units: number, from: Address, to: Address): void
  rnnForward: StepKernel
  rnnBackward: StepKernel
  lstmForward: StepKernel
  lstmBackward: StepKernel
  peepholeForward: StepKernel
  peepholeBackward: StepKernel
  coupledForward: StepKernel
  coupledBackward: StepKernel
  gruForward: StepKernel
  gruBackward: StepKernel
  resetForward: StepKernel
  mixForward: StepKernel
  mixBackward: StepKernel
  resetBackward: StepKernel
}

/** TypeScript declares WebAssembly among the browser's types only. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedMemory
}
const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi }

/** The kernels as they were built, the fastest first. */
export const variants = [
  { file: 'relaxed.wasm', description: 'fused SIMD kernels with FMA' },
  { file: 'simd.wasm', description: 'fused SIMD kernels' },
] as const

export type Variant = (typeof variants)[number]['file']

/** Sources and bundles both lie in the repository's or the app's root, which has the kernels in out/kernels. */
const folder = new URL(import.meta.url.endsWith('.ts') ? '../../../out/kernels/' : '../kernels/', import.meta.url)

/** As kernels/multiply.ts has it: a block of the left factor, and a tile. */
export const scratchBytes = (128 * 256 + 4 * 8) * 4

export interface Loaded {
  readonly kernels: Kernels
  readonly memory: SharedMemory
  readonly file: Variant
  readonly description: string
}

/**
 * Starts the fastest kernels that this runtime can run, or those asked for, on a memory of their own or that of
 * another thread. Throws LabError `engine-unavailable` where they are not built or the runtime has no SIMD.
 */
export async function loadKernels(given: { only?: Variant; memory?: SharedMemory } = {}): Promise<Loaded> {
  for (const { file, description } of variants) {
    if (given.only && given.only !== file) continue
    const bytes = await readFile(new URL(file, folder)).catch(() => {
      throw new LabError('engine-unavailable', `The kernels are not built (${file}).`, 'Run npm start or npm test.')
    })
    if (!api.validate(bytes)) continue
    const memory = given.memory ?? newMemory()
    const { instance } = await api.instantiate(bytes, { env: { memory } })
    return { kernels: instance.exports as Kernels, memory, file, description }
  }
  throw new LabError(
    'engine-unavailable',
    'This runtime has no WebAssembly SIMD.',
    'Use Node 24 or newer, or the engine wasm-generic.',
  )
}

/** Addresses are reserved for the most it may grow to, which a machine can refuse: then for less. */
function newMemory(): SharedMemory {
  for (const maximum of [65_536, 32_768, 16_384]) {
    try {
      return new api.Memory({ initial: 16, maximum, shared: true })
    } catch {
      // too much to reserve
    }
  }
  throw new LabError(
    'engine-unavailable',
    'The kernels need a gigabyte of addresses, which this machine refuses.',
    'Raise the limit of virtual memory (ulimit -v), or use the engine wasm-generic.',
  )
}
