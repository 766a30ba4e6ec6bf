import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readNpz } from '../lab/formats/npz.ts'
import { readSafetensors } from '../lab/formats/safetensors.ts'
import { finished, startCli } from './child.ts'
import { commands } from './commands/registry.ts'

const goldens = fileURLToPath(new URL('../../tests/parity/goldens', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const start = (...args: string[]) => startCli(folder, args)
const unroll = (...args: string[]) => finished(start(...args))

function write(name: string, content: string | object): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const small = {
  task: { id: 'adding', length: 6 },
  cells: [
    { cell: 'rnn', hiddenSize: 4 },
    { cell: 'lstm', hiddenSize: 4 },
    { cell: 'lstm', hiddenSize: 3 },
  ],
  training: { steps: 7, batchSize: 4 },
}

describe('bench', () => {
  test('times an engine and the layers of TensorFlow.js in turns', async () => {
    const { code, stdout } = await unroll(
      ...['bench', '--engine', 'wasm', '--cell', 'lstm', '--size', '3/2/5', '--rounds', '2', '--json'],
    )
    expect(code).toBe(0)
    const { results } = JSON.parse(stdout) as { results: Record<string, number | string>[] }
    expect(results.map(({ engine }) => engine)).toEqual(['wasm', 'tfjs-layers'])
    for (const { cell, size, ms, min, max, steps } of results as Record<string, number>[]) {
      expect([cell, size]).toEqual(['lstm', '3/2/5'])
      expect(Number(min) > 0 && Number(min) <= Number(ms) && Number(ms) <= Number(max)).toBe(true)
      expect(steps).toBeGreaterThanOrEqual(2)
    }
  })

  test.each([
    [['--size', '50/4'], /"50\/4" is no size/],
    [['--cell', 'elman'], /no cell "elman"/],
    [['--rounds', '0'], /no count/],
    [['--python', '/nowhere/python', '--engine', 'wasm'], /cannot time PyTorch: .*ENOENT/],
  ])('%s is refused', async (args, message) => {
    const { code, stderr } = await unroll('bench', ...args)
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})

describe('train', () => {
  test('writes run.json and a folder for each cell, and prints one line of JSON', async () => {
    const { code, stdout, stderr } = await unroll('train', write('run.json', small), '--out', 'out')
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 1])
    expect(JSON.parse(stdout).runs.map((run: { name: string }) => run.name)).toEqual(['rnn', 'lstm', 'lstm-2'])
    expect(stderr).toMatch(/step 7 of 7/)
    const out = join(folder, 'out')
    expect(readdirSync(out).sort()).toEqual(['lstm', 'lstm-2', 'rnn', 'run.json'])
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))
    expect(record).toMatchObject({ engine: 'wasm', seed: 1, training: { optimizer: 'adam', learningRate: 0.01 } })
    for (const run of ['rnn', 'lstm', 'lstm-2']) {
      const read = (file: string) => readFileSync(join(out, run, file))
      const lines = read('history.csv').toString().trim().split('\n')
      expect(lines[0]).toBe('step,loss,metric,validation_loss,validation_metric')
      expect(lines.slice(1).map((line) => Number(line.split(',')[0]))).toEqual([1, 2, 3, 4, 5, 6, 7])
      const flow = readNpz(read('flow.npz'), run)
      expect([...(flow.get('step')?.array.data ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(flow.get('hidden')?.array.shape).toEqual([7, 6])
      expect(flow.has('cell')).toBe(run !== 'rnn')
      const { tensors } = readSafetensors(read('model.safetensors'), run)
      expect(Object.keys(tensors)).toContain('rnn.weight_hh_l0')
    }
  })

  test('reads a text and a table relative to RUN.json, GB18030 recognised', async () => {
    const chinese = Buffer.from('c4e3bac3cac0bde7a1a3', 'hex') // four characters and a full stop in GB18030
    writeFileSync(join(folder, 'zh.txt'), Buffer.concat(Array.from({ length: 60 }, () => chinese)))
    const text = { ...small, task: { id: 'text', file: 'zh.txt', window: 5 }, cells: [{ cell: 'rnn', hiddenSize: 3 }] }
    const first = await unroll('train', write('text.json', text), '--out', 'text-out')
    expect(first.code, first.stderr).toBe(0)
    const model = JSON.parse(readFileSync(join(folder, 'text-out', 'rnn', 'model.json'), 'utf8'))
    expect(model.vocabulary.join('')).toHaveLength(5)

    write(
      'series.csv',
      `day,level\n${Array.from({ length: 80 }, (_, k) => `2026-01-${k},${Math.sin(k / 4)}`).join('\n')}\n`,
    )
    const table = { ...text, task: { id: 'csv', file: 'series.csv', target: 'level', window: 8 } }
    const second = await unroll('train', write('csv.json', table), '--out', 'csv-out')
    expect(second.code, second.stderr).toBe(0)
    const { normalization } = JSON.parse(readFileSync(join(folder, 'csv-out', 'rnn', 'model.json'), 'utf8'))
    expect(normalization.inputs.mean).toHaveLength(1)
  })

  const csvTask =
    (content: string, task: object = {}) =>
    () => {
      write('bad.csv', content)
      return { ...small, task: { id: 'csv', file: 'bad.csv', target: 'y', window: 2, ...task } }
    }
  const rows = (count: number) => Array.from({ length: count }, (_, k) => `${k}`).join('\n')
  const textTask = (bytes: Uint8Array | string) => () => {
    writeFileSync(join(folder, 'bad.txt'), bytes)
    return { ...small, task: { id: 'text', file: 'bad.txt', window: 4 } }
  }
  test.each<[string, () => object | string, RegExp]>([
    ['an unknown field', () => ({ ...small, trainign: {} }), /trainign/],
    ['a negative size', () => ({ ...small, cells: [{ cell: 'rnn', hiddenSize: -1 }] }), /cells\.0\.hiddenSize.*-1/s],
    ['an unknown cell', () => ({ ...small, cells: [{ cell: 'rmn' }] }), /rmn.*rnn, lstm/s],
    ['an unknown task', () => ({ ...small, task: { id: 'subtracting' } }), /subtracting.*adding/s],
    ['an unknown field of the task', () => ({ ...small, task: { id: 'adding', lenght: 3 } }), /lenght/],
    ['broken JSON', () => '{"task":', /not JSON/],
    ['a missing file', () => ({ ...small, task: { id: 'text', file: 'nowhere.txt' } }), /nowhere\.txt does not exist/],
    ['an empty file', textTask(''), /bad\.txt.*empty/s],
    ['a binary file', textTask(Uint8Array.of(1, 0, 2, 0, 3)), /bad\.txt/],
    ['broken text', textTask(Uint8Array.of(0x61, 0xff, 0xff, 0x62)), /bad\.txt/],
    ['a text shorter than its window', textTask('abc'), /3 characters/],
    ['a table without the column', csvTask(`x\n${rows(40)}\n`), /"y"/],
    ['a ragged row', csvTask(`x,y\n1,2\n3\n${'1,2\n'.repeat(40)}`), /line 3/],
    ['text in a number column', csvTask(`y\n1\ntwo\n${rows(40)}\n`), /line 3.*two/s],
    ['fewer rows than the window', csvTask(`y\n${rows(5)}\n`, { window: 24 }), /bad.csv has 5 rows/],
  ])('refuses %s with what and where, exit 2, nothing written', async (_name, content, message) => {
    const { code, stdout, stderr } = await unroll('train', write('bad.json', content()), '--out', 'bad-out')
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
    expect(existsSync(join(folder, 'bad-out'))).toBe(false)
  })

  test('a folder that is not empty is left as it is', async () => {
    const { code, stderr } = await unroll('train', write('again.json', small), '--out', folder)
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not empty')])
  })

  test('a run that diverges keeps its last good state, the other is trained to its end, exit 1', async () => {
    const cells = [
      { cell: 'rnn', hiddenSize: 4, activation: 'identity' },
      { cell: 'lstm', hiddenSize: 4 },
    ]
    const wild = {
      task: { id: 'adding', length: 200 },
      cells,
      training: { steps: 12, learningRate: 10, clipNorm: null },
    }
    const { code, stdout } = await unroll('train', write('wild.json', wild), '--out', 'wild-out')
    expect(code).toBe(1)
    const [first, second] = JSON.parse(stdout).runs
    expect(first.failure.code).toBe('loss-not-finite')
    expect([first.steps < 12, second.steps]).toEqual([true, 12])
    const { tensors } = readSafetensors(readFileSync(join(folder, 'wild-out/rnn/model.safetensors')), 'rnn')
    for (const { data } of Object.values(tensors)) for (const value of data) expect(Number.isFinite(value)).toBe(true)
  })

  test('a cell that matches another one’s parameters gets the size that does, and the record says so', async () => {
    const cells = [
      { cell: 'lstm', hiddenSize: 8 },
      { cell: 'rnn', matchParametersOf: 0 },
    ]
    const { code, stdout, stderr } = await unroll(
      'train',
      write('match.json', { ...small, cells }),
      '--out',
      'match-out',
    )
    expect(code, stderr).toBe(0)
    const [lstm, rnn] = JSON.parse(stdout).runs
    expect([lstm.parameters, rnn.parameters]).toEqual([393, 375])
    const record = JSON.parse(readFileSync(join(folder, 'match-out/run.json'), 'utf8'))
    expect(record.cells[1]).toMatchObject({ hiddenSize: 17, matchParametersOf: 0 })
  })
})

describe('trace', () => {
  test('writes the arrays of a model folder made by PyTorch', async () => {
    const name = (
      JSON.parse(readFileSync(join(goldens, 'index.json'), 'utf8')).cases as { name: string; cell: string }[]
    ).find(({ cell }) => cell === 'lstm')?.name as string
    cpSync(join(goldens, name), join(folder, 'golden'), { recursive: true })
    const { code, stderr } = await unroll('trace', 'golden', '--batch', 'golden/batch.npz', '--out', 'found.npz')
    expect(code, stderr).toBe(0)
    const names = (file: string) => [...readNpz(readFileSync(join(folder, file)), file).keys()].sort()
    expect(names('found.npz')).toEqual(names('golden/trace.npz'))
  })

  test('measures horizons by the threshold that is set, and leaves the Jacobians out on request', async () => {
    cpSync(join(goldens, 'lstm-last-mse'), join(folder, 'last'), { recursive: true })
    const horizonBy = async (...options: string[]) => {
      const { code, stderr } = await unroll('trace', 'last', '--batch', 'last/batch.npz', '--out', 'h.npz', ...options)
      expect(code, stderr).toBe(0)
      const arrays = readNpz(readFileSync(join(folder, 'h.npz')), 'h.npz')
      const names = [...arrays.keys()].filter((name) => /jacobian|lyapunov/.test(name))
      return [arrays.get('layers.0.horizon.cell')?.array.data[0], names.length]
    }
    const steps = readNpz(readFileSync(join(folder, 'last/batch.npz')), 'b').get('inputs')?.array.shape[1]
    expect(await horizonBy('--horizon-threshold', '1e-12', '--no-jacobians')).toEqual([steps, 0])
    expect(await horizonBy('--horizon-threshold', '0.99')).toEqual([1, 2])
    for (const wrong of ['0', '2', 'x', '']) {
      const { code, stderr } = await unroll('trace', 'a', '--batch', 'b', '--out', 'c', `--horizon-threshold=${wrong}`)
      expect([code, stderr]).toEqual([2, expect.stringContaining(`--horizon-threshold is "${wrong}"`)])
    }
  })

  test('reads weights alone, asks for what they do not tell, and fixes what a file says', async () => {
    cpSync(join(goldens, 'lstm-last-mse'), join(folder, 'fixed'), { recursive: true })
    const interventions = write('fixed.json', [
      { kind: 'clamp', layer: 0, of: 'gates.forget', unit: 1, value: 0.5, from: 0, to: 1 },
    ])
    const run = async (model: string, ...options: string[]) => {
      const { code, stderr } = await unroll('trace', model, '--batch', 'fixed/batch.npz', '--out', 'f.npz', ...options)
      if (code !== 0) return stderr
      return readNpz(readFileSync(join(folder, 'f.npz')), 'f.npz')
    }
    const weights = 'fixed/model.safetensors'
    expect(await run(weights)).toMatch(/Add --head last\|every-step, --loss/)
    const whole = await run('fixed')
    expect(await run(weights, '--head', 'last', '--loss', 'mse')).toEqual(whole)
    const changed = (await run('fixed', '--interventions', interventions)) as typeof whole
    if (typeof changed === 'string' || typeof whole === 'string') throw new Error(String(changed))
    const at = (arrays: typeof changed, name: string) => arrays.get(name)?.array
    const units = at(changed, 'layers.0.hidden')?.shape[2] as number
    const gate = at(changed, 'layers.0.gates.forget')?.data as Float32Array
    expect([gate[1], gate[units + 1]]).toEqual([0.5, 0.5])
    expect(gate[2 * units + 1]).not.toBe(0.5)
    expect(at(changed, 'output')).not.toEqual(at(whole, 'output'))

    const wrong = write('wrong.json', [{ kind: 'clamp', layer: 0, of: 'gates.reset', value: 0, from: 0, to: 1 }])
    expect(await run('fixed', '--interventions', wrong)).toMatch(/interventions\.0\.of is gates\.reset/)
    expect(await run('fixed', '--interventions', write('no.json', '{'))).toMatch(/no\.json is not JSON/)
    expect(await run('fixed', '--head', 'last')).toMatch(/--head is for a \.safetensors file alone/)
  })

  test('a folder without a model is refused by file', async () => {
    const { code, stderr } = await unroll('trace', 'nothing', '--batch', 'b.npz', '--out', 't.npz')
    expect([code, stderr]).toEqual([2, expect.stringContaining('model.json does not exist')])
  })
})

describe('usage', () => {
  test.each(commands.map(({ name }) => name))('%s explains itself and tells its version', async (name) => {
    expect(await unroll(name, '--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Usage: unroll ${name}`),
    })
    expect(await unroll(name, '--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  test.each([
    ['nonsense'],
    ['train'],
    ['train', 'a', 'b'],
    ['trace', 'a'],
    ['serve', '--port', 'x'],
    ['engine', 'eat'],
    ['train', '--wat'],
  ])('wrong usage is 2 and says what is right: %s %s', async (...args) => {
    const { code, stdout, stderr } = await unroll(...args.filter(Boolean))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/Usage|--port|Give/)
  })

  test('engine list and doctor find the built-in engine', async () => {
    expect(await unroll('engine', 'list')).toMatchObject({ code: 0, stdout: expect.stringContaining('wasm  ready') })
    expect(await unroll('doctor')).toMatchObject({ code: 0, stdout: expect.stringMatching(/ok\s+engine wasm/) })
  })
})
