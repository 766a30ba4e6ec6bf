import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { initialise } from '../../main/engine/initialise.ts'
import { readSafetensors, writeSafetensors } from '../../main/lab/formats/safetensors.ts'
import { ndarray } from '../../shared/ndarray.ts'
import { writeNpz } from '../../shared/npz.ts'
import { newWorkspace, ServedLab } from './lab.ts'
import { ScorePage } from './score-page.ts'
import { modelFolder, normAt, type Traced, trace } from './traced.ts'
import { labAt } from './wire.ts'

const [length, units, examples] = [16, 8, 10]

/** Sequences of nobody's task: two inputs a step, one number to answer. */
const noise = (k: number) => Math.sin(12.9898 * k + 78.233 * (k % 7))
const batch = {
  inputs: ndarray(
    [examples, length, 2],
    Float32Array.from({ length: examples * length * 2 }, (_, k) => noise(k)),
  ),
  targets: ndarray(
    [examples, 1],
    Float32Array.from({ length: examples }, (_, k) => noise(1000 + k)),
  ),
}
const batchFile = { name: 'batch.npz', mimeType: 'application/octet-stream', buffer: Buffer.from(writeNpz(batch)) }

let served: ServedLab
test.beforeAll(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterAll(async () => {
  await served.stop()
})

/** Walkthrough, answer and gradient of one example on the page are those of a trace of the same files. */
async function agreesWith(score: ScorePage, traced: Traced, state: 'hidden' | 'cell', number: number): Promise<void> {
  await score.showExample(number)
  await score.cursorTo(6)
  const [at, example, unit] = [5, number - 1, await score.unit()]
  await score.agrees(state === 'cell' ? 'value-c' : 'value-h', traced(`layers.0.${state}`, at, unit, example))
  await score.agrees('answer-model', traced('output', 0, 0, example))
  const norm = (t: number) =>
    normAt((name, t, unit) => traced(name, t, unit, example), `layers.0.grad.${state}`, t, units)
  await score.agrees(`norm-model-${state}`, norm(at) / norm(length - 1))
}

test('a model folder with a batch: its numbers, and where else its units behave as they do in a stretch', async ({
  page,
}) => {
  const score = new ScorePage(page)
  await score.open(served.address)
  const { lab, close } = await labAt(served.address)
  const { id } = await lab.experiments.create({
    task: { id: 'adding', length },
    cells: [{ cell: 'lstm', hiddenSize: units }],
    training: { steps: 60 },
  })
  await lab.training.play(id)
  await expect.poll(async () => (await lab.experiments.get(id)).runs[0]?.state, { timeout: 60_000 }).toBe('done')
  const folder = await modelFolder(lab, id, 0)
  close()
  const files = ['model.json', 'model.safetensors'].map((name) => join(folder, name))
  await score.get('model-files').setInputFiles(files)
  // Without a batch it asks where examples are to come from: with one there is nothing to ask.
  await expect(score.get('model-examples')).toBeVisible()
  const named = files.map((path) => ({
    name: path.split('/').at(-1) as string,
    mimeType: 'application/octet-stream',
    buffer: readFileSync(path),
  }))
  await score.get('model-files').setInputFiles([...named, batchFile])
  await expect(score.get('staff-model-f')).toBeVisible()
  const traced = await trace(folder, batch)
  await agreesWith(score, traced, 'cell', 3)

  await test.step('found: the places most alike, by the trace’s own states', async () => {
    const asked = { example: 2, from: 5, to: 7 }
    const places = score.get('places').locator('li')
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Shift+ArrowRight')
    const expectFound = async ({ example, from, score }: Alike) => {
      const where = `example ${example + 1}, steps ${from + 1} to ${from + 3}`
      await expect(places.first()).toHaveText(new RegExp(`^${score.toFixed(2)} ${where}`))
    }
    await score.get('find').click()
    await expectFound(mostAlike(traced, [await score.unit()], asked))
    await score.get('find-all').check()
    await score.get('find').click()
    const best = mostAlike(traced, [...Array(units).keys()], asked)
    await expectFound(best)
    await places.first().click()
    await expect(score.get('example-number')).toHaveValue(String(best.example + 1))
    await expect(score.get('marked')).toBeVisible()
  })
  expect(score.complaints).toEqual([])
})

test('a bare PyTorch state dict: what it does not tell is asked for, and its numbers are those of unroll trace', async ({
  page,
}) => {
  const config = { inputSize: 2, hiddenSize: units, layers: 1, outputSize: 1, head: 'last', loss: 'mse' } as const
  const own = initialise({ ...config, cell: 'gru' }, { init: 'pytorch', forgetBias: 1 }, 7)
  const dict = Object.fromEntries(
    Object.entries(own).map(([name, values]) => [
      name.replace(/^rnn\./, 'encoder.gru.').replace(/^head\./, 'to_answer.'),
      values,
    ]),
  )
  const bytes = writeSafetensors(dict)
  expect(Object.keys(readSafetensors(bytes, 'dict').tensors)).toContain('encoder.gru.weight_hh_l0')
  const score = new ScorePage(page)
  await score.open(served.address)
  const weights = { name: 'net.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) }
  await score.get('model-files').setInputFiles([weights, batchFile])
  await expect(score.get('model-go')).toBeDisabled()
  await score.get('model-cell').selectOption('gru')
  await score.get('model-head').selectOption('last')
  await score.get('model-loss').selectOption('mse')
  await score.get('model-go').click()
  await expect(score.get('staff-model-z')).toBeVisible()
  const path = test.info().outputPath('net.safetensors')
  writeFileSync(path, bytes)
  const traced = await trace(path, batch, undefined, ['--head', 'last', '--loss', 'mse', '--cell', 'gru'])
  await agreesWith(score, traced, 'hidden', 4)
  await score.agrees('at-model-gates.update', traced('layers.0.gates.update', 5, await score.unit(), 3))

  await test.step('what no cell here is says which tensor, and changes nothing', async () => {
    await page.goto(served.address)
    const reverse = { ...dict, 'encoder.gru.weight_hh_l0_reverse': dict['encoder.gru.weight_hh_l0'] as never }
    const buffer = Buffer.from(writeSafetensors(reverse))
    await score.get('model-files').setInputFiles([{ ...weights, buffer }, batchFile])
    await expect(score.get('error')).toContainText('weight_hh_l0_reverse')
  })
  expect(score.complaints).toEqual([])
})

interface Alike {
  readonly example: number
  readonly from: number
  readonly score: number
}

/**
 * The stretch of all examples whose c is most like the given one's: cosine similarity of each unit's distance
 * from its mean in its standard deviations, written anew from what the page says that it does.
 */
function mostAlike(
  traced: Traced,
  chosen: readonly number[],
  asked: { example: number; from: number; to: number },
): Alike {
  const value = (example: number, t: number, unit: number) => traced('layers.0.cell', t, unit, example)
  const scales = new Map(
    chosen.map((unit) => {
      const all = Array.from({ length: examples * length }, (_, k) => value(Math.floor(k / length), k % length, unit))
      const mean = all.reduce((sum, x) => sum + x, 0) / all.length
      return [unit, { mean, spread: Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length) }]
    }),
  )
  const stretch = (example: number, from: number) =>
    Array.from({ length: asked.to - asked.from + 1 }, (_, k) =>
      chosen.map((unit) => {
        const { mean, spread } = scales.get(unit) as { mean: number; spread: number }
        return (value(example, from + k, unit) - mean) / spread
      }),
    ).flat()
  const wanted = stretch(asked.example, asked.from)
  const cosine = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, k) => sum + x * (b[k] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))
  const steps = asked.to - asked.from + 1
  const places = Array.from({ length: examples * (length - steps + 1) }, (_, k) => {
    const [example, from] = [Math.floor(k / (length - steps + 1)), k % (length - steps + 1)]
    return { example, from, score: cosine(wanted, stretch(example, from)) }
  }).filter(({ example, from }) => example !== asked.example || Math.abs(from - asked.from) >= steps)
  return places.reduce((best, place) => (place.score > best.score ? place : best))
}
