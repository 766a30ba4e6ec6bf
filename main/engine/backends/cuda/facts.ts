import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { notLoadable } from '../not-loadable.ts'

/** A graphics processor as the driver sees it. */
export interface Device {
  readonly index: string
  readonly uuid: string
  readonly name: string
  /** Of its memory: in all, and not taken by anybody. */
  readonly bytes: number
  readonly freeBytes: number
}

/** What can be told of CUDA on this machine without computing. */
export interface CudaFacts {
  /** Why the loader does not find the driver's library; undefined where it does. */
  readonly driverMissing?: string
  /** `580.95.05`; undefined where nothing says it. */
  readonly driver?: string
  readonly devices: readonly Device[]
  /** What CUDA_VISIBLE_DEVICES names; undefined: all. */
  readonly visible?: string
  /** What nvidia-smi complains of, where it does. */
  readonly complaint?: string
}

/** The driver's side of CUDA, which comes with no pack. */
const driverLibrary = 'libcuda.so.1'

/** Asks the machine: the loader, the kernel's driver and nvidia-smi, whichever of them there is. */
export async function gatherFacts(): Promise<CudaFacts> {
  const [version, asked] = await Promise.all([driverVersion(), askDevices()])
  const driverMissing = notLoadable(driverLibrary)
  const visible = process.env.CUDA_VISIBLE_DEVICES
  return {
    ...(driverMissing !== undefined && { driverMissing }),
    ...(version !== undefined && { driver: version }),
    ...(visible !== undefined && { visible }),
    ...asked,
  }
}

/** The kernel's module says it in a line like `NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.95.05  ...`. */
async function driverVersion(): Promise<string | undefined> {
  const text = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '')
  return readDriverVersion(text)
}

export const readDriverVersion = (text: string): string | undefined =>
  /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s/m.exec(text)?.[1]

const fields = ['index', 'uuid', 'name', 'memory.total', 'memory.free', 'driver_version']
/** It can take seconds where no process keeps the driver awake. */
const patience = 20_000

async function askDevices(): Promise<Pick<CudaFacts, 'devices' | 'driver' | 'complaint'>> {
  const args = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits']
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', args, { timeout: patience })
    return readDevices(stdout)
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
      message,
    } = error as Error & { code: unknown; stdout: string; stderr: string }
    // It may be left out of a container that has the driver.
    if (code === 'ENOENT') return { devices: [] }
    return { devices: [], complaint: `${stdout}${stderr}`.trim().split('\n')[0] || message }
  }
}

/** Lines of nvidia-smi: the fields above, memory in MiB. A field that it cannot tell reads `[N/A]`. */
export function readDevices(csv: string): Pick<CudaFacts, 'devices' | 'driver'> {
  const rows = csv.split('\n').map((line) => line.split(',').map((field) => field.trim()))
  const known = rows.filter((row) => row.length === fields.length)
  const devices = known.map(([index = '', uuid = '', name = '', total, free]) => {
    const [bytes, freeBytes] = [total, free].map((mebibytes) => Number(mebibytes) * 2 ** 20) as [number, number]
    return { index, uuid, name, bytes, freeBytes }
  })
  const driver = known[0]?.[5]
  return { devices, ...(driver && { driver }) }
}
