import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finished, startCli } from './child.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-resume-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const unroll = (...args: string[]) => finished(startCli(folder, args))
const write = (name: string, content: string | object) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
const files = (out: string) =>
  ['rnn', 'lstm'].flatMap((run) =>
    ['model.safetensors', 'history.csv', 'flow.npz'].map((file) => readFileSync(join(folder, out, run, file))),
  )

/** Ends a command by a signal as soon as it reports progress. */
async function ended(signal: NodeJS.Signals, ...args: string[]) {
  const child = startCli(folder, args)
  const result = finished(child)
  await new Promise((resolve) => child.stderr?.once('data', resolve))
  child.kill(signal)
  return result
}

const checkpoints = (out: string) =>
  readdirSync(join(folder, `${out}.unfinished`), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /step-/.test(name),
  )
const latest = (out: string) => {
  const last = checkpoints(out)
    .filter((name) => name.startsWith('rnn'))
    .sort()
    .at(-1)
  return Number(/step-(\d+)/.exec(last ?? '')?.[1])
}

// Validation is due at every second update, and measured at whatever update a run is stopped.
const spec = {
  task: { id: 'adding', length: 6 },
  cells: [
    { cell: 'rnn', hiddenSize: 3 },
    { cell: 'lstm', hiddenSize: 3 },
  ],
  training: { steps: 160, batchSize: 2, optimizer: 'rmsprop', schedule: { id: 'cosine', warmup: { totalIters: 9 } } },
}

test('a run that was stopped, killed, interrupted and damaged equals the uninterrupted one, bit for bit', async () => {
  write('run.json', spec)
  expect((await unroll('train', 'run.json', '--out', 'whole')).code).toBe(0)

  const stopped = await unroll('train', 'run.json', '--out', 'part', '--stop-at', '41')
  expect([stopped.code, JSON.parse(stopped.stdout).runs.map(({ steps }: { steps: number }) => steps)]).toEqual([
    0,
    [41, 41],
  ])
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual(['part.unfinished'])

  const killed = await ended('SIGKILL', 'train', '--resume', 'part')
  expect([killed.code, killed.stdout, existsSync(join(folder, 'part'))]).toEqual([null, '', false])
  expect(latest('part')).toBeGreaterThanOrEqual(41)

  const interrupted = await ended('SIGINT', 'train', '--resume', 'part.unfinished')
  expect([interrupted.code, interrupted.stdout]).toEqual([130, ''])
  expect(interrupted.stderr).toMatch(/go on with: unroll train --resume .*part/)
  const reached = latest('part')
  expect(reached).toBeGreaterThan(41)

  // The latest checkpoint of one cell is damaged: that cell goes on from the one before.
  const damaged = checkpoints('part').find((name) => name.includes(String(reached)) && name.startsWith('rnn')) ?? ''
  const path = join(folder, 'part.unfinished', damaged)
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(bytes.at(-1) === 7 ? 8 : 7, bytes.length - 1))

  const completed = await unroll('train', '--resume', 'part')
  expect(completed.code, completed.stderr).toBe(0)
  expect(completed.stderr).toMatch(/it is damaged: its SHA-256.*The checkpoint before it is used/)
  expect(files('part')).toEqual(files('whole'))
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual(['part'])
})

test('a run is trained by one process at a time, until that one ends, however it ends', async () => {
  write('one.json', { ...spec, training: { ...spec.training, steps: 100_000 } })
  expect((await unroll('train', 'one.json', '--out', 'one', '--stop-at', '2')).code).toBe(0)
  const child = startCli(folder, ['train', '--resume', 'one'])
  const first = finished(child)
  await new Promise((resolve) => child.stderr?.once('data', resolve))
  const second = await unroll('train', '--resume', 'one')
  expect(second.stderr).toMatch(/one\.unfinished is being trained by another process.*Ctrl-C/s)
  expect([second.code, second.stdout]).toEqual([1, ''])
  child.kill('SIGKILL')
  await first
  const { code, stdout, stderr } = await unroll('train', '--resume', 'one', '--stop-at', '3')
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout).runs[0].steps).toBeGreaterThanOrEqual(3)
})

test('a run killed before its first checkpoint begins anew', async () => {
  write('long.json', { ...spec, training: { ...spec.training, steps: 900 } })
  await ended('SIGKILL', 'train', 'long.json', '--out', 'early')
  expect(checkpoints('early')).toEqual([])
  const { code, stdout } = await unroll('train', '--resume', 'early', '--stop-at', '3')
  expect([code, JSON.parse(stdout).runs[1].steps]).toEqual([0, 3])
})

describe('going on is refused', () => {
  const table = `y\n${Array.from({ length: 60 }, (_, k) => Math.sin(k)).join('\n')}\n`
  beforeAll(async () => {
    mkdirSync(join(folder, 'data'))
    write('data/series.csv', table)
    write('data/csv.json', { ...spec, task: { id: 'csv', file: 'series.csv', target: 'y', window: 4 } })
    const { code, stderr } = await unroll('train', 'data/csv.json', '--out', 'csv-out', '--stop-at', '2')
    expect(code, stderr).toBe(0)
  })

  test.each<[string, () => void, string[], RegExp]>([
    [
      'with another RUN.json',
      () => write('other.json', { ...spec, task: { id: 'csv', file: 'data/series.csv', target: 'y', window: 5 } }),
      ['other.json', '--resume', 'csv-out'],
      /other\.json has changed.*"task\.file" was "series\.csv" and is "data\/series\.csv"/,
    ],
    [
      'with other data',
      () => write('data/series.csv', table.replace('0\n', '1\n')),
      ['--resume', 'csv-out'],
      /series\.csv has changed since the run began/,
    ],
    ['on another engine', () => {}, ['--resume', 'csv-out', '--engine', 'cpu'], /began on the engine "wasm"/],
    ['where nothing was stopped', () => {}, ['--resume', 'nowhere'], /no unfinished run for .*nowhere/],
    ['beside a new run', () => {}, ['--resume', 'csv-out', '--out', 'b'], /--out or --resume, not both/],
    ['to no update', () => {}, ['--resume', 'csv-out', '--stop-at', '0'], /--stop-at is "0"/],
    ['as a new run', () => {}, ['run.json', '--out', 'csv-out'], /csv-out\.unfinished holds a run/],
    [
      'where another thing is in its place',
      () => {
        mkdirSync(join(folder, 'csv-out'))
        write('csv-out/notes.txt', 'mine')
      },
      ['--resume', 'csv-out'],
      /csv-out is not empty/,
    ],
    ['after it is complete', () => write('csv-out/run.json', '{}'), ['--resume', 'csv-out'], /csv-out is complete/],
  ])('%s', async (_name, prepare, args, message) => {
    prepare()
    const { code, stdout, stderr } = await unroll('train', ...args)
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})

test('a run whose RUN.json moved goes on, from the new place or from what was recorded', async () => {
  mkdirSync(join(folder, 'old'))
  write('old/run.json', spec)
  expect((await unroll('train', 'old/run.json', '--out', 'moved', '--stop-at', '2')).code).toBe(0)
  renameSync(join(folder, 'old'), join(folder, 'new'))
  expect((await unroll('train', '--resume', 'moved', '--stop-at', '3')).code).toBe(0)
  expect((await unroll('train', 'new/run.json', '--resume', 'moved', '--stop-at', '4')).code).toBe(0)
  expect(latest('moved')).toBe(4)
})
