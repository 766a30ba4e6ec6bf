import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LabError } from '../../../shared/errors.ts'
import type { ModelConfig } from '../../../shared/model.ts'
import { sizeOf } from '../../../shared/ndarray.ts'
import { writeNpy, writeNpz } from '../../../shared/npz.ts'
import { initialise, parameterShapes } from '../../engine/initialise.ts'
import { readBatch } from './batch.ts'
import { flowArrays, historyCsv } from './history.ts'
import { modelFiles, readModelFolder } from './model-folder.ts'
import { readNpy } from './npy.ts'
import { readNpz } from './npz.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

const training = { steps: 1, batchSize: 1, optimizer: 'adam', learningRate: 1, clipNorm: null, forgetBias: 1 } as const
const config: ModelConfig = {
  cell: 'lstm',
  inputSize: 2,
  hiddenSize: 3,
  layers: 2,
  outputSize: 1,
  head: 'last',
  loss: 'mse',
}
const parameters = initialise(config, { ...training, init: 'pytorch' }, 1)

/** A .npy file as NumPy writes it, from its three header fields and the raw bytes. */
function npy(descr: string, shape: string, data: ArrayBufferView, fortran = 'False'): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`.padEnd(117)
  const body = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0, ...Buffer.from(`${header}\n`), ...body])
}

describe('npy', () => {
  it('reads what it writes', () => {
    for (const array of [
      { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 0) },
      { shape: [3], data: Int32Array.of(1, -2, 2 ** 31 - 1) },
      { shape: [], data: Float32Array.of(7) },
      { shape: [0, 4], data: new Float32Array(0) },
    ]) {
      expect(readNpy(writeNpy(array), 'a.npy').array).toStrictEqual(array)
    }
  })

  it('starts its data at a multiple of 64 bytes, as NumPy does', () => {
    const bytes = writeNpy({ shape: [1], data: Float32Array.of(1) })
    expect((bytes.length - 4) % 64).toBe(0)
  })

  it('reads the element types of other programs', () => {
    const values = (descr: string, data: ArrayBufferView) => [...readNpy(npy(descr, '(2,)', data), 'a').array.data]
    expect(values('<f8', Float64Array.of(0.1, -2))).toEqual([0.1, -2])
    expect(values('<i8', BigInt64Array.of(5n, -6n))).toEqual([5, -6])
    expect(values('|b1', Uint8Array.of(1, 0))).toEqual([1, 0])
    expect(values('|u1', Uint8Array.of(255, 0))).toEqual([255, 0])
    expect(values('<i2', Int16Array.of(-1, 3))).toEqual([-1, 3])
  })

  it('says what it cannot read', () => {
    const two = Float32Array.of(1, 2)
    const read = (bytes: Uint8Array) => () => readNpy(bytes, 'b.npz, array "inputs"')
    expect(read(npy('>f4', '(2,)', two))).toThrow(/element type is ">f4"/)
    expect(read(npy('<U5', '(2,)', two))).toThrow(/element type is "<U5"/)
    expect(read(npy('<f4', '(1, 2)', two, 'True'))).toThrow(/Fortran/)
    expect(read(npy('<f4', '(3,)', two))).toThrow(/shape \[3\] needs 12 bytes, but it has 8/)
    expect(read(npy('<i8', '(1,)', BigInt64Array.of(2n ** 40n)))).toThrow(/does not fit 32 bits/)
    expect(read(Uint8Array.of(1, 2, 3))).toThrow(/b\.npz, array "inputs": it does not start/)
    expect(read(npy('<f4', '(2,)', two).subarray(0, 40))).toThrow(/within its header/)
  })
})

describe('npz', () => {
  it('reads what it writes', () => {
    const inputs = { shape: [1, 2], data: Float32Array.of(1, 2) }
    expect(
      readNpz(writeNpz({ inputs, ids: { shape: [1], data: Int32Array.of(4) } }), 'b.npz').get('inputs')?.array,
    ).toEqual(inputs)
  })

  it('refuses what is no archive', () => {
    expect(() => readNpz(Buffer.from('hello'), 'b.npz')).toThrow(/b\.npz is not a readable zip/)
  })
})

describe('safetensors', () => {
  it('reads what it writes, with its metadata', () => {
    const { tensors, metadata } = readSafetensors(writeSafetensors(parameters, { step: '3' }), 'm')
    expect(tensors).toEqual(parameters)
    expect(metadata).toEqual({ step: '3' })
  })

  it('reads half precision', () => {
    const file = (dtype: string, bytes: number[]) => {
      const header = JSON.stringify({ w: { dtype, shape: [bytes.length / 2], data_offsets: [0, bytes.length] } })
      const length = new Uint8Array(8)
      new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true)
      return readSafetensors(Uint8Array.from([...length, ...Buffer.from(header), ...bytes]), 'm').tensors.w?.data
    }
    // 1, -2, the largest, the smallest subnormal, infinity
    const halves = [0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0x00, 0x7c]
    expect(file('F16', halves)).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY))
    expect(file('BF16', [0x80, 0x3f, 0x49, 0x40])).toEqual(Float32Array.of(1, 3.140625))
  })

  it('refuses a damaged file, wherever it is damaged', () => {
    const whole = writeSafetensors(parameters)
    for (const length of [0, 7, 20, whole.length - 1]) {
      expect(() => readSafetensors(whole.subarray(0, length), 'm')).toThrow(LabError)
    }
    expect(() => readSafetensors(Uint8Array.from([...whole, 0]), 'm')).toThrow(/belong to none/)
    const headerEnd = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true))
    fc.assert(
      fc.property(fc.nat(headerEnd - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = whole.slice()
        damaged[at] = (damaged[at] ?? 0) ^ change
        try {
          for (const { shape, data } of Object.values(readSafetensors(damaged, 'm').tensors)) {
            expect(data.length).toBe(sizeOf(shape))
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LabError)
        }
      }),
      { numRuns: 500, seed: 1 },
    )
  })
})

describe('a model folder', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-model-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const write = async (json: object, weights = parameters) => {
    for (const [name, bytes] of Object.entries(modelFiles({ config, parameters: weights }))) {
      await writeFile(join(folder, name), bytes)
    }
    await writeFile(join(folder, 'model.json'), JSON.stringify({ format: 'unroll-model/1', ...config, ...json }))
    return readModelFolder(folder)
  }

  it('comes back as it was written', async () => {
    expect(await write({})).toEqual({ config, parameters })
    expect(Object.keys(parameterShapes(config))).toEqual(Object.keys(parameters))
  })

  it('is refused with file, field or tensor, and both shapes', async () => {
    const problem = (json: object, weights = parameters) => write(json, weights).catch((error: LabError) => error)
    expect(await problem({ hiddenSize: 4 })).toMatchObject({
      code: 'model-invalid',
      message: expect.stringMatching(/safetensors: tensor "rnn.weight_ih_l0" has shape \[12, 2\], expected \[16, 2\]/),
    })
    expect(await problem({ layers: 3 })).toMatchObject({ message: expect.stringContaining('"rnn.weight_ih_l2"') })
    expect(await problem({ layers: 1 })).toMatchObject({ message: expect.stringContaining('is not one of this model') })
    expect(await problem({ cell: 'lsmt' })).toMatchObject({ hint: expect.stringContaining('rnn, lstm') })
    expect(await problem({ colour: 1 })).toMatchObject({ details: { field: 'colour' } })
    expect(await problem({ head: 'first' })).toMatchObject({ details: { field: 'head' } })
    expect(await problem({ format: 'unroll-model/2' })).toMatchObject({ details: { field: 'format' } })
    expect(await problem({ embedding: { vocab: 3, size: 5 } })).toMatchObject({ details: { field: 'inputSize' } })
    expect(await problem({ normalization: { inputs: { mean: [1], std: [1, 1] } } })).toMatchObject({
      details: { field: 'normalization.inputs.mean' },
    })
    const broken = { ...parameters, 'head.bias': { shape: [1], data: Float32Array.of(Number.NaN) } }
    expect(await problem({}, broken)).toMatchObject({ message: expect.stringContaining('"head.bias" holds NaN') })
    await rm(join(folder, 'model.safetensors'))
    expect(await readModelFolder(folder).catch((error: LabError) => error)).toMatchObject({ code: 'file-missing' })
  })
})

describe('a batch', () => {
  it('is refused by array, with the shapes', () => {
    const inputs = { shape: [2, 4, 2], data: new Float32Array(16) }
    const targets = { shape: [2, 1], data: new Float32Array(2) }
    const read = (arrays: Parameters<typeof writeNpz>[0]) => readBatch(writeNpz(arrays), config, 'b.npz')
    expect(read({ inputs, targets })).toEqual({ inputs, targets })
    expect(() => read({ inputs })).toThrow(/has no array "targets"; it has: inputs/)
    expect(() => read({ inputs: { ...inputs, shape: [2, 2, 4] }, targets })).toThrow(
      /b\.npz: inputs has shape \[2, 2, 4\]/,
    )
    const lengths = { shape: [2], data: Float32Array.of(1.5, 2) }
    expect(() => read({ inputs, targets, lengths })).toThrow(/"lengths" \(f4\) holds 1.5/)
  })
})

describe('history.csv and flow.npz', () => {
  it('leaves empty what was not measured', () => {
    const rows = {
      step: Int32Array.of(1, 2),
      loss: Float32Array.of(0.5, 0.25),
      metric: Float32Array.of(1, 0),
      validationLoss: Float32Array.of(Number.NaN, 0.125),
      validationMetric: Float32Array.of(Number.NaN, 1),
    }
    expect(historyCsv(rows)).toBe('step,loss,metric,validation_loss,validation_metric\n1,0.5,1,,\n2,0.25,0,0.125,1\n')
    // Measured, and not finite: a result of its own.
    const overflowed = {
      ...rows,
      loss: Float32Array.of(Number.POSITIVE_INFINITY, 0.25),
      metric: Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY),
      validated: Int32Array.of(1, 0),
    }
    expect(historyCsv(overflowed).split('\n').slice(1, 3)).toEqual(['1,inf,nan,nan,nan', '2,0.25,-inf,,'])
    const flow = { step: Int32Array.of(1), hidden: { shape: [1, 2], data: Float32Array.of(1, 2) } }
    expect(Object.keys(flowArrays(flow))).toEqual(['step', 'hidden'])
  })
})
