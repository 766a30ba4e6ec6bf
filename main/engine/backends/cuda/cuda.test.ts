import { describe, expect, test } from 'vitest'
import { LabError } from '../../../../shared/errors.ts'
import { notLoadable } from '../not-loadable.ts'
import { usedDevice } from './cuda.ts'
import { deviceOf, diagnose, diagnoseCpu } from './diagnosis.ts'
import { type CudaFacts, type Device, gatherFacts, readDevices, readDriverVersion } from './facts.ts'

const device = (changes: Partial<Device> = {}): Device => ({
  index: '0',
  uuid: 'GPU-11111111-2222-3333-4444-555555555555',
  name: 'NVIDIA H100 80GB HBM3',
  bytes: 80 * 2 ** 30,
  freeBytes: 79 * 2 ** 30,
  ...changes,
})
const facts = (changes: Partial<CudaFacts> = {}): CudaFacts => ({
  driver: '580.95.05',
  devices: [device()],
  ...changes,
})

describe('what stands in the way of CUDA', () => {
  test('is nothing with a current driver and a device', () => {
    expect(diagnose(facts())).toBeUndefined()
    expect(diagnose(facts({ driver: '525.60.13' }))).toBeUndefined()
  })

  // In a container nvidia-smi may be missing, and a part of a device has a name that it does not list.
  test('is nothing where only TensorFlow can tell', () => {
    expect(diagnose({ devices: [] })).toBeUndefined()
    expect(diagnose(facts({ visible: 'MIG-5d5ba0d6' }))).toBeUndefined()
  })

  test.each([
    ['no-driver', { driverMissing: 'libcuda.so.1: cannot open', devices: [] }, /no NVIDIA driver.*libcuda\.so\.1/],
    ['driver-too-old', facts({ driver: '525.60.12' }), /525\.60\.12 is too old for CUDA 12, which needs 525\.60\.13/],
    ['driver-too-old', facts({ driver: '470.256.02' }), /470\.256\.02 is too old/],
    ['no-device', { devices: [], complaint: 'No devices were found' }, /finds no usable GPU: No devices were found/],
    ['hidden', facts({ visible: '' }), /CUDA_VISIBLE_DEVICES hides/],
    ['hidden', facts({ visible: '-1' }), /CUDA_VISIBLE_DEVICES hides/],
    [
      'too-little-memory',
      facts({ devices: [device({ freeBytes: 512 * 2 ** 20 })] }),
      /H100 80GB HBM3 has 512 MiB of memory free; training needs 1024/,
    ],
  ])('%s', (id, found, message) => {
    const diagnosis = diagnose(found)
    expect(diagnosis).toMatchObject({ id, message: expect.stringMatching(message) })
    expect(diagnosis?.hint.length).toBeGreaterThan(20)
  })

  test('each has a message and a hint of its own', () => {
    const found = [
      diagnose({ driverMissing: 'x', devices: [] }),
      diagnose(facts({ driver: '1.0' })),
      diagnose(facts({ visible: '' })),
      diagnose({ devices: [], complaint: 'x' }),
      diagnose(facts({ devices: [device({ freeBytes: 0 })] })),
      diagnoseCpu(facts(), []),
      diagnoseCpu(facts(), ['libcudnn.so.9: cannot open']),
      diagnoseCpu(facts({ devices: [] }), []),
    ]
    expect(new Set(found.map((diagnosis) => diagnosis?.message)).size).toBe(found.length)
  })
})

describe('the device', () => {
  const devices = [device(), device({ index: '1', uuid: 'GPU-99999999-0000', name: 'NVIDIA T4' })]
  test.each([
    [undefined, 'NVIDIA H100 80GB HBM3'],
    ['1', 'NVIDIA T4'],
    ['1,0', 'NVIDIA T4'],
    ['GPU-9999', 'NVIDIA T4'],
    ['7', undefined],
  ])('that CUDA_VISIBLE_DEVICES=%s names is %s', (visible, name) => {
    expect(deviceOf({ devices, ...(visible !== undefined && { visible }) })?.name).toBe(name)
  })

  test('is reported with its memory', () => {
    expect(usedDevice(facts(), true)).toEqual({ name: 'NVIDIA H100 80GB HBM3', bytes: 80 * 2 ** 30 })
    expect(usedDevice(facts({ devices: [device({ bytes: Number.NaN })] }), true)).toEqual({ name: device().name })
    expect(usedDevice({ devices: [] }, true)).toEqual({ name: 'NVIDIA GPU' })
  })

  test('is not posed as by the processor: the libraries that are missing are named', () => {
    const refused = () => usedDevice(facts(), false)
    expect(refused).toThrow(LabError)
    // This machine's loader has no pack of CUDA in its path, whether or not it has a GPU.
    if (notLoadable('libcudnn.so.9')) expect(refused).toThrow(/computes on the CPU.*libcudnn\.so\.9/)
  })
})

describe('the facts', () => {
  test("are read from the driver's own lines", () => {
    const line =
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12 19:39:15 UTC 2024\nGCC version:\n'
    const open = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (root@x)\n'
    expect([line, open, ''].map(readDriverVersion)).toEqual(['535.183.01', '580.95.05', undefined])
  })

  test("are read from nvidia-smi's table", () => {
    const { uuid } = device()
    const csv = `0, ${uuid}, NVIDIA H100 80GB HBM3, 81559, 81008, 580.95.05\n1, GPU-9, Tesla T4, [N/A], [N/A], 580.95.05\n`
    expect(readDevices(csv)).toEqual({
      driver: '580.95.05',
      devices: [
        device({ bytes: 81559 * 2 ** 20, freeBytes: 81008 * 2 ** 20 }),
        { index: '1', uuid: 'GPU-9', name: 'Tesla T4', bytes: Number.NaN, freeBytes: Number.NaN },
      ],
    })
    expect(readDevices('No devices were found\n')).toEqual({ devices: [] })
  })

  test.skipIf(process.platform !== 'linux')('of a library come from the loader itself', () => {
    expect(notLoadable('libm.so.6')).toBeUndefined()
    expect(notLoadable('libnowhere.so.1')).toMatch(/libnowhere\.so\.1: cannot open shared object file/)
  })

  test('of this machine are gathered without an error, and fit its diagnosis', async () => {
    const found = await gatherFacts()
    if (found.driverMissing !== undefined) expect(diagnose(found)?.id).toBe('no-driver')
    else expect(found.driver ?? found.devices[0]?.name).toBeDefined()
  })
})
