import { expect, type Page, test } from '@playwright/test'
import { readNpz } from '../../main/lab/formats/npz.ts'
import type { Lab } from '../../shared/contract.ts'
import type { InspectedExample } from '../../shared/inspect.ts'
import type { Intervention } from '../../shared/interventions.ts'
import { newWorkspace, ServedLab } from './lab.ts'
import { ScorePage } from './score-page.ts'
import { normAt, type Traced, traced } from './traced.ts'
import { labAt } from './wire.ts'

const [length, units, steps] = [24, 12, 150]
const [gru, lstm] = [0, 1]

/** One small training that every test here looks into. */
let served: ServedLab
let lab: Lab
let close: () => void
let id: string
let example: InspectedExample

/** Trains a GRU and an LSTM for so many updates, and waits for them. */
async function train(updates: number): Promise<string> {
  const { id } = await lab.experiments.create({
    task: { id: 'adding', length },
    cells: [
      { cell: 'gru', hiddenSize: units },
      { cell: 'lstm', hiddenSize: units },
    ],
    training: { steps: updates },
  })
  await lab.training.play(id)
  await expect
    .poll(async () => (await lab.experiments.get(id)).runs.map(({ state }) => state), { timeout: 60_000 })
    .toEqual(['done', 'done'])
  return id
}

test.beforeAll(async () => {
  served = await ServedLab.start(newWorkspace())
  const wire = await labAt(served.address)
  lab = wire.lab
  close = wire.close
  id = await train(steps)
  example = await lab.inspect.example(id, { index: 0 })
})
test.afterAll(async () => {
  close()
  await served.stop()
})

async function opened(page: Page): Promise<ScorePage> {
  const score = new ScorePage(page)
  await score.open(served.address)
  await page.evaluate((to) => {
    location.hash = to
  }, `/e/${id}/inspect`)
  await expect(score.get('score-grid')).toBeVisible()
  await score.settled()
  return score
}

const traces = new Map<string, Promise<Traced>>()
/** `unroll trace` of the shared training's first example; asked for again, it is not computed again. */
function tracedWith(run: number, interventions?: readonly Intervention[]): Promise<Traced> {
  const key = JSON.stringify([run, interventions])
  const trace = traces.get(key) ?? traced(lab, id, run, example.inputs, example.target, interventions)
  traces.set(key, trace)
  return trace
}

test('a unit taken out, c frozen, one unit held for some steps: as unroll trace --interventions says, and taken back', async ({
  page,
}) => {
  const score = await opened(page)
  await score.panelOf('LSTM')
  await score.cursorTo(9)
  const unit = await score.unit()
  /** States, answer and gradient at the cursor are those of a trace with the same values held. */
  const agreesWith = async (held: readonly Intervention[]) => {
    await score.settled()
    const changed = await tracedWith(lstm, held)
    const at = 8
    await score.agrees('value-c', changed('layers.0.cell', at, unit))
    await score.agrees('value-h', changed('layers.0.hidden', at, unit))
    await score.agrees('what-if-lstm', changed('output'))
    const arrives = (t: number) => normAt(changed, 'layers.0.grad.cell', t, units)
    await score.agrees('norm-lstm-cell', arrives(at) / arrives(length - 1))
    // What leaves by the belt arrives at the step before as its direct path.
    await score.agrees('exit-belt', changed('layers.0.grad.cell.direct', at - 1, unit))
    for (const exit of ['forget', 'input', 'candidate', 'output'])
      if (closed(exit, held)) expect(await score.number(`exit-${exit}`), exit).toBe(0)
  }
  /** Nothing of a gradient leaves through a gate that is held, or into a state that is. */
  const closed = (exit: string, held: readonly Intervention[]) =>
    held.some(({ kind, ...one }) =>
      kind === 'clamp' ? 'of' in one && one.of === `gates.${exit}` : kind === 'ablate' || exit !== 'output',
    )
  const ablated: Intervention = { kind: 'ablate', layer: 0, unit }
  const frozen: Intervention = { kind: 'freeze', layer: 0, unit, from: 4, to: 11 }
  const clamped: Intervention = { kind: 'clamp', layer: 0, of: 'gates.output', unit, value: 0.25, from: 4, to: 11 }

  await test.step('a unit taken out, and put back by the same button', async () => {
    await score.get('ablate').click()
    await agreesWith([ablated])
    await expect(score.get('held')).toContainText(`unit ${unit + 1} taken out`)
    await score.get('ablate').click()
    await expect(score.get('held')).toBeHidden()
    await score.settled()
  })

  await test.step('c of one unit frozen for steps 5 to 12, then its output gate held for as long', async () => {
    await score.get('mark-to').fill('12')
    await score.get('mark-to').press('Enter')
    await score.get('mark-from').fill('5')
    await score.get('mark-from').press('Enter')
    await page.getByRole('button', { name: `unit ${unit + 1}`, exact: true }).click()
    await score.get('freeze').click()
    await agreesWith([frozen])
    const kept = await tracedWith(lstm, [frozen])
    expect(kept('layers.0.cell', 8, unit)).toBe(kept('layers.0.cell', 3, unit))
    await score.get('hold-gates.output').fill('0.25')
    await score.get('hold-gates.output').press('Enter')
    await agreesWith([frozen, clamped])
    await score.agrees('at-lstm-gates.output', 0.25)
    await expect(score.get('fixed-lstm-gates.output')).toBeVisible()
    await expect(score.get('held').locator('li')).toHaveCount(2)
  })

  await test.step('undone, redone, freed one by one, reset', async () => {
    await score.get('undo').click()
    await agreesWith([frozen])
    await score.get('redo').click()
    await agreesWith([frozen, clamped])
    await score.get('held').locator('li').first().getByRole('button').click()
    await agreesWith([clamped])
    await score.get('clear-change').click()
    await score.settled()
    await expect(score.get('what-if-lstm')).toBeHidden()
    const untouched = await tracedWith(lstm)
    await score.agrees('value-c', untouched('layers.0.cell', 8, unit))
    await score.agrees('answer-lstm', untouched('output'))
  })
  expect(score.complaints).toEqual([])
})

test('every key of the Score does what the table of keys says', async ({ page }) => {
  const score = await opened(page)
  const press = (key: string) => page.keyboard.press(key)
  const at = (step: number) => expect(page.getByText(`t = ${step}`, { exact: true })).toBeVisible()
  const number = async () => Number(await score.get('example-number').inputValue())

  await test.step('time, units, examples, zoom', async () => {
    await score.focusScore()
    await press('Home')
    await at(1)
    await press('ArrowRight')
    await at(2)
    await press('End')
    await at(length)
    await press('ArrowLeft')
    await at(length - 1)
    const unit = await score.unit()
    await press('ArrowDown')
    expect(await score.unit()).not.toBe(unit)
    await press('ArrowUp')
    expect(await score.unit()).toBe(unit)
    await press('PageDown')
    await expect.poll(number).toBe(2)
    await press('PageUp')
    await expect.poll(number).toBe(1)
    await score.settled()
    await press('+')
    await expect(score.get('overview')).toBeVisible()
    await press('-')
    await expect(score.get('overview')).toBeHidden()
  })

  await test.step('stages of the walkthrough on 1 to 5, and let go', async () => {
    for (const [k, stage] of ['forget', 'store', 'update', 'output', 'backward'].entries()) {
      await press(String(k + 1))
      await expect(score.get(`stage-${stage}`).getByRole('button')).toHaveAttribute('aria-pressed', 'true')
    }
    await press('5')
    await expect(score.get('stage-backward').getByRole('button')).toHaveAttribute('aria-pressed', 'false')
  })

  await test.step('R and Z hold the gates of a GRU; with Shift R is relative or raw', async () => {
    await score.cursorTo(7)
    const trace = await tracedWith(gru)
    const norm = (t: number) => normAt(trace, 'layers.0.grad.hidden', t, units)
    await score.agrees('norm-gru-hidden', norm(6) / norm(length - 1))
    await press('Shift+R')
    await score.agrees('norm-gru-hidden', norm(6))
    await expect(score.get('fixed-gru-gates.reset')).toBeHidden()
    await press('Shift+R')
    for (const [key, gate] of [
      ['r', 'reset'],
      ['z', 'update'],
    ] as const) {
      const value = Number(trace(`layers.0.gates.${gate}`, 6, await score.unit()).toFixed(2))
      await press(key)
      await expect(score.get(`fixed-gru-gates.${gate}`)).toBeVisible()
      await score.settled()
      const held = { kind: 'clamp', layer: 0, of: `gates.${gate}`, value, from: 0, to: length - 1 } as const
      await score.agrees('what-if-gru', (await tracedWith(gru, [held]))('output'))
      await press(key)
      await expect(score.get(`fixed-gru-gates.${gate}`)).toBeHidden()
      await score.settled()
    }
    // The panel shows a GRU, which has no forget gate.
    await press('f')
    await expect(score.get('what-if-gru')).toBeHidden()
  })

  await test.step('F, I and O hold those of an LSTM', async () => {
    await score.panelOf('LSTM')
    for (const [key, gate] of [
      ['f', 'forget'],
      ['i', 'input'],
      ['o', 'output'],
    ] as const) {
      await press(key)
      await expect(score.get(`fixed-lstm-gates.${gate}`)).toBeVisible()
      await score.settled()
    }
    await press('Control+z')
    await expect(score.get('fixed-lstm-gates.output')).toBeHidden()
    await press('Control+Shift+Z')
    await expect(score.get('fixed-lstm-gates.output')).toBeVisible()
    await press('Escape')
    await expect(score.get('clear-change')).toBeHidden()
    await score.settled()
  })

  await test.step('marks, exports, tabs, this table', async () => {
    await press('Shift+ArrowLeft')
    await expect(score.get('marked')).toBeVisible()
    await press('Control+e')
    await expect(page.getByRole('dialog')).toBeVisible()
    await press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await press('?')
    await expect(score.get('keys')).toContainText('Shift R')
    await press('Escape')
    await expect(score.get('keys')).toBeHidden()
    await expect(score.get('marked')).toBeVisible()
    await press('Escape')
    await expect(score.get('marked')).toBeHidden()
    await press('Control+1')
    await expect(score.get('waterfall-lstm')).toBeVisible()
    await press('Control+3')
    await expect(score.get('score-grid')).toBeVisible()
  })
  expect(score.complaints).toEqual([])
})

test('the scrubber goes through stored steps: each is the network that a training of so many steps ends with', async ({
  page,
}) => {
  const score = await opened(page)
  const stored = [...((await lab.inspect.steps(id)).runs[lstm]?.steps ?? [])]
  const middle = stored[Math.floor(stored.length / 2)] as number
  expect(middle).toBeGreaterThan(0)
  expect(middle).toBeLessThan(steps)
  await score.panelOf('LSTM')
  await score.cursorTo(9)

  await test.step('a click on the axis', async () => {
    const box = await score.get('checkpoints').getByRole('slider').boundingBox()
    if (!box) throw new Error('The axis is not drawn.')
    await page.mouse.click(box.x + (middle / steps) * box.width, box.y + box.height / 2)
    await expect(score.get('checkpoints')).toHaveAttribute('data-step', String(middle))
    await score.settled()
    // The same seed and batches, so the same network; and its file is traced, not what the page was told.
    const shorter = await train(middle)
    const trace = await traced(lab, shorter, lstm, example.inputs, example.target)
    await score.agrees('answer-lstm', trace('output'))
    await score.agrees('value-c', trace('layers.0.cell', 8, await score.unit()))
    const norm = (t: number) => normAt(trace, 'layers.0.grad.cell', t, units)
    await score.agrees('norm-lstm-cell', norm(8) / norm(length - 1))
  })

  await test.step('step by step with keys and buttons, and played to the end', async () => {
    const shown = async () => Number(await score.get('checkpoints').getAttribute('data-step'))
    const k = stored.indexOf(middle)
    await score.focusScore()
    await page.keyboard.press(']')
    await expect.poll(shown).toBe(stored[k + 1])
    await page.keyboard.press('[')
    await expect.poll(shown).toBe(middle)
    await score.get('checkpoint-earlier').click()
    await expect.poll(shown).toBe(stored[k - 1])
    await score.focusScore()
    await page.keyboard.press('}')
    await expect.poll(shown).toBe(steps)
    await page.keyboard.press('{')
    await expect.poll(shown).toBe(0)
    await page.keyboard.press('}')
    await page.keyboard.press('[')
    await page.keyboard.press('[')
    await page.keyboard.press(' ')
    await expect.poll(shown, { timeout: 10_000 }).toBe(steps)
    await score.settled()
    await score.agrees('answer-lstm', (await tracedWith(lstm))('output'))
  })
  expect(score.complaints).toEqual([])
})

test('a chart on the clipboard is a picture of twice its size, and its arrays are those of the trace', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const score = await opened(page)
  await score.get('export-menu').click()
  const svg = (await score.download('export-spine-svg')).bytes.toString()
  const [, width, height] = /<svg[^>]*?width="(\d+)"[^>]*?height="(\d+)"/.exec(svg) ?? []
  await score.get('copy-spine').click()
  await expect
    .poll(
      () =>
        page.evaluate(async () => {
          const [item] = await navigator.clipboard.read()
          const blob = item?.types.includes('image/png') ? await item.getType('image/png') : undefined
          if (!blob) return null
          const { width, height } = await createImageBitmap(blob)
          return [width, height]
        }),
      { message: 'size of the picture on the clipboard' },
    )
    .toEqual([2 * Number(width), 2 * Number(height)])
  const arrays = readNpz((await score.download('export-spine-npz')).bytes, 'spine.npz')
  const trace = await tracedWith(lstm)
  const cell = arrays.get('lstm.cell')?.array
  const norm = (t: number) => normAt(trace, 'layers.0.grad.cell', t, units)
  expect(cell?.data[3]).toBeCloseTo(norm(3) / norm(length - 1), 5)
  expect(score.complaints).toEqual([])
})
