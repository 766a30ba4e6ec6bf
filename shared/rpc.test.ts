import fc from 'fast-check'
import { Packr } from 'msgpackr'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { contract, type Handlers } from './contract.ts'
import { LabError } from './errors.ts'
import { connectLab, decodeFrame, encodeFrame, frameOptions, serveLab, type Wire } from './rpc.ts'

/** Two ends joined by in-memory queues; a frame is copied, as a socket would. */
function pair(): { page: Wire; host: Wire; close(): void } {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const ends = [() => {}, () => {}] as ((frame: Uint8Array) => void)[]
  const end = (index: 0 | 1): Wire => ({
    send: (frame) => queueMicrotask(() => ends[1 - index]?.(frame.slice())),
    receive: (handler) => {
      ends[index] = handler
    },
    closed,
  })
  return { page: end(0), host: end(1), close }
}

const arrays = {
  shape: [2, 3],
  floats: Float32Array.of(1.5, Number.NaN, Number.NEGATIVE_INFINITY),
  ints: Int32Array.of(-1, 2 ** 31 - 1),
  bytes: Uint8Array.of(1, 2, 3),
  text: 'x',
  odd: Uint8Array.of(9),
}

/** A lab of which only what the tests call exists. */
function answering(calls: Record<string, Record<string, (...args: never[]) => unknown>>): Handlers {
  return calls as unknown as Handlers
}

describe('frames', () => {
  it('carry typed arrays as their own class, aligned, wherever they stood', () => {
    for (const padding of ['', 'a', 'ab', 'abc', 'abcd'.repeat(3000)]) {
      const back = decodeFrame(encodeFrame({ padding, ...arrays })) as typeof arrays
      expect(back.floats).toStrictEqual(arrays.floats)
      expect(back.ints).toStrictEqual(arrays.ints)
      expect(back.bytes).toStrictEqual(arrays.bytes)
      expect(back.floats.byteOffset).toBe(0)
    }
  })

  it("are the same in a browser's build of the packer, which has no Buffer", async () => {
    const { Buffer } = globalThis as { Buffer?: unknown }
    const path = new URL('../node_modules/msgpackr/pack.js?browser', import.meta.url).href
    Reflect.deleteProperty(globalThis, 'Buffer')
    let Browser: typeof Packr
    try {
      Browser = ((await import(/* @vite-ignore */ path)) as { Packr: typeof Packr }).Packr
    } finally {
      Object.assign(globalThis, { Buffer })
    }
    expect(Browser).not.toBe(Packr)
    const browser = new Browser(frameOptions)
    expect(browser.unpack(encodeFrame(arrays))).toStrictEqual(arrays)
    expect(decodeFrame(new Uint8Array(browser.pack(arrays)))).toStrictEqual(arrays)
  })

  it('need no compiled code to be read, so that the page can forbid it', () => {
    const compile = globalThis.Function
    const rows = Array.from({ length: 50 }, (_, step) => ({ step, loss: step / 7 }))
    globalThis.Function = (() => {
      throw new Error('compiled')
    }) as unknown as FunctionConstructor
    try {
      expect(decodeFrame(encodeFrame(rows))).toStrictEqual(rows)
    } finally {
      globalThis.Function = compile
    }
  })
})

describe('the wire', () => {
  it('answers with what the handler returns, leaves out optional arguments and fills in defaults', async () => {
    const { page, host } = pair()
    const seen: unknown[] = []
    serveLab(
      answering({
        training: { play: (...args: unknown[]) => void seen.push(args) },
        experiments: { create: (spec: unknown) => spec },
      }),
      host,
    )
    const lab = connectLab(page)
    expect(await lab.training.play('a-1')).toBeUndefined()
    await lab.training.play('a-1', 30)
    expect(seen).toEqual([
      ['a-1', undefined],
      ['a-1', 30],
    ])
    expect(await lab.experiments.create({ task: { id: 'adding' }, cells: [{ cell: 'rnn' }] })).toMatchObject({
      cells: [{ cell: 'rnn', layers: 1 }],
      seed: 1,
    })
  })

  it('answers other calls while it sends what is large', async () => {
    const { page, host } = pair()
    const data = Float32Array.from({ length: 3_000_000 }, (_, k) => k)
    const { promise: slowly, resolve: goOn } = Promise.withResolvers<void>()
    let pieces = 0
    const slow: Wire = {
      ...host,
      send: async (frame) => {
        host.send(frame)
        if (frame.length > 400_000) pieces += 1
        if (pieces > 0) await slowly
      },
    }
    const handlers = { inspect: { gates: () => ({ runs: [{ step: 1, data }] }) }, lab: { info: () => 'here' } }
    serveLab(answering(handlers), slow)
    const lab = connectLab(page)
    const whole = lab.inspect.gates('a-1')
    await expect.poll(() => pieces).toBe(1)
    expect(await lab.lab.info()).toBe('here')
    expect(pieces).toBe(1)
    goOn()
    expect(await whole).toEqual({ runs: [{ step: 1, data }] })
    expect(pieces).toBe(12)
  })

  it('refuses arguments that do not fit, by name', async () => {
    const { page, host } = pair()
    serveLab(answering({}), host)
    const lab = connectLab(page)
    await expect(lab.training.play('NOT AN ID')).rejects.toMatchObject({ code: 'message-invalid' })
    await expect(lab.experiments.create({ task: { id: 'adding' }, cells: [] })).rejects.toMatchObject({
      code: 'spec-invalid',
      message: expect.stringContaining('"cells"'),
    })
    await expect((lab.datasets.list as (x: number) => Promise<unknown>)(1)).rejects.toMatchObject({
      code: 'message-invalid',
    })
  })

  it('brings errors over as LabError, with their details', async () => {
    const { page, host } = pair()
    serveLab(
      answering({
        datasets: {
          list: () => {
            throw new LabError('file-empty', 'a.csv is empty.', 'Choose another file.', { file: 'a.csv' })
          },
          remove: async () => {
            throw new TypeError('boom')
          },
        },
      }),
      host,
    )
    const lab = connectLab(page)
    const error = await lab.datasets.list().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(LabError)
    expect(error).toMatchObject({ code: 'file-empty', hint: 'Choose another file.', details: { file: 'a.csv' } })
    await expect(lab.datasets.remove('a')).rejects.toMatchObject({ code: 'internal', message: 'boom' })
  })

  it('ends calls under way, and later ones, when it closes', async () => {
    const { page, host, close } = pair()
    serveLab(answering({ datasets: { list: () => new Promise(() => {}) } }), host)
    const lab = connectLab(page)
    const waiting = lab.datasets.list()
    close()
    await expect(waiting).rejects.toMatchObject({ code: 'disconnected' })
    await expect(lab.datasets.list()).rejects.toMatchObject({ code: 'disconnected' })
  })

  it('refuses methods that are not in the contract, and what objects inherit', async () => {
    const { page, host } = pair()
    const answers = collect(page)
    serveLab(answering({ datasets: { list: () => [] } }), host)
    for (const m of ['datasets.drop', 'datasets.constructor', '__proto__.list', 'toString', '$call', 'lab', '']) {
      page.send(encodeFrame({ t: 'q', i: 'x', m, a: [] }))
    }
    await settle()
    expect(answers).toHaveLength(7)
    for (const answer of answers) expect(answer).toMatchObject({ i: 'x', e: { code: 'message-invalid' } })
  })
})

function collect(page: Wire): { i: string; r?: unknown; e?: { code: string } }[] {
  const answers: { i: string; r?: unknown; e?: { code: string } }[] = []
  page.receive((frame) => answers.push(decodeFrame(frame) as (typeof answers)[number]))
  return answers
}

const settle = () => new Promise((resolve) => globalThis.setImmediate(resolve))

describe('fuzzing', () => {
  const names = Object.entries(contract).flatMap(([room, methods]) => Object.keys(methods).map((m) => `${room}.${m}`))
  /** Methods that need an argument: with none of the right type they must be refused. */
  const strict = Object.entries(contract).flatMap(([room, methods]) =>
    Object.entries(methods)
      .filter(([, { args }]) => !v.safeParse(args, []).success)
      .map(([m]) => `${room}.${m}`),
  )
  const junk = fc.anything({ withTypedArray: true, withNullPrototype: false })
  const frames = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    junk.map(safeEncode),
    fc
      .record({ t: fc.constantFrom('q', 's', 'x', 1), i: junk, m: fc.oneof(fc.constantFrom(...names), junk), a: junk })
      .map(safeEncode),
    fc
      .record({
        t: fc.constant('q'),
        i: fc.constant('1'),
        m: fc.constantFrom(...strict),
        a: fc.array(fc.oneof(fc.constant('NO ID'), fc.double(), fc.dictionary(fc.string(), fc.string())), {
          maxLength: 4,
        }),
      })
      .map(safeEncode),
    // A sound call with bytes changed.
    fc
      .tuple(fc.constantFrom(...strict), fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { minLength: 1 }))
      .map(([m, edits]) => {
        const frame = encodeFrame({ t: 'q', i: '1', m, a: ['NO ID'] })
        for (const [at, byte] of edits) frame[at % frame.length] = byte
        return frame
      }),
  )

  it('10,000 malformed frames are each refused and none reaches a handler', async () => {
    const { page, host } = pair()
    const answers = collect(page)
    const reached: string[] = []
    const handlers = Object.fromEntries(
      Object.entries(contract).map(([room, methods]) => [
        room,
        Object.fromEntries(Object.keys(methods).map((m) => [m, () => void reached.push(`${room}.${m}`)])),
      ]),
    )
    serveLab(answering(handlers), host)
    const sample = fc.sample(frames, { numRuns: 10_000, seed: 1 })
    for (const frame of sample) page.send(frame)
    await settle()
    await settle()
    expect(answers).toHaveLength(10_000)
    // Only methods that need none can be met by chance.
    expect(reached.filter((name) => strict.includes(name))).toEqual([])
    expect(answers.filter((answer) => answer.e).length).toBe(10_000 - reached.length)
  })
})

function safeEncode(value: unknown): Uint8Array {
  try {
    return encodeFrame(value)
  } catch {
    return Uint8Array.of(0xc1)
  }
}
