import { expect, test } from '@playwright/test'
import { readNpz } from '../../main/lab/formats/npz.ts'
import { newWorkspace, ServedLab } from './lab.ts'
import { ScorePage } from './score-page.ts'
import { normAt, traced } from './traced.ts'
import { labAt } from './wire.ts'

let served: ServedLab
test.beforeEach(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterEach(async () => {
  await served.stop()
})

const idIn = (url: string) => /#\/e\/([^/]+)\//.exec(url)?.[1] as string

test('the adding problem on the Score: every number is the trace’s, and the early gradient dies in the RNN alone', async ({
  page,
}) => {
  test.setTimeout(300_000)
  const score = new ScorePage(page)
  await score.open(served.address)
  await score.get('primary-start').click()
  await score.finished(['rnn', 'lstm'], 200_000)
  const id = idIn(page.url())
  const { lab, close } = await labAt(served.address)
  const { inputs, target } = await lab.inspect.example(id, { index: 0 })
  const [rnn, lstm] = await Promise.all([traced(lab, id, 0, inputs, target), traced(lab, id, 1, inputs, target)])
  await score.inspect()

  await test.step('the walkthrough, the staves and the spine at several steps', async () => {
    await page.keyboard.press('Shift+R')
    for (const step of [1, 10, 50]) {
      await score.cursorTo(step)
      const [t, unit] = [step - 1, await score.unit()]
      await score.agrees('value-c', lstm('layers.0.cell', t, unit))
      for (const gate of ['forget', 'input', 'candidate', 'output']) {
        await score.agrees(`at-lstm-gates.${gate}`, lstm(`layers.0.gates.${gate}`, t, unit))
      }
      await score.agrees('at-lstm-hidden', lstm('layers.0.hidden', t, unit))
      await score.agrees('norm-rnn-hidden', normAt(rnn, 'layers.0.grad.hidden', t, 32))
      await score.agrees('norm-lstm-cell', normAt(lstm, 'layers.0.grad.cell', t, 32))
      await score.agrees('sensitivity-at-lstm', lstm('sensitivity', t))
      await score.agrees('exit-direct', lstm('layers.0.grad.cell.direct', t, unit))
      const belt = lstm('layers.0.gates.forget', t, unit) * lstm('layers.0.grad.cell', t, unit)
      await score.agrees('exit-belt', belt)
    }
  })

  await test.step('gradients, paths and what they add up to', async () => {
    await page.getByRole('button', { name: 'gradients', exact: true }).click()
    await score.cursorTo(20)
    const unit = await score.unit()
    await score.agrees('at-lstm-grad.cell', lstm('layers.0.grad.cell', 19, unit))
    await score.agrees('jacobian-at-lstm', lstm('layers.0.jacobian', 19))
    await score.agrees('jacobian-at-rnn', rnn('layers.0.jacobian', 19))
    await score.agrees('measure-lyapunov-rnn', rnn('layers.0.lyapunov'))
    const sum = (name: string) =>
      Array.from({ length: 32 }, (_, j) => Math.abs(lstm(name, 19, j))).reduce((a, b) => a + b, 0)
    const [direct, hidden] = [sum('layers.0.grad.cell.direct'), sum('layers.0.grad.cell.through_hidden')]
    expect(Math.abs((await score.number('share-lstm-direct')) - (100 * direct) / (direct + hidden))).toBeLessThan(0.6)
  })

  await test.step('the mission: relative to the last step, the first step’s gradient', async () => {
    await page.keyboard.press('Shift+R')
    await score.cursorTo(1)
    const reached = { rnn: await score.number('norm-rnn-hidden'), lstm: await score.number('norm-lstm-cell') }
    console.log(`adding, share of the last step's gradient at step 1: LSTM ${reached.lstm}, RNN ${reached.rnn}`)
    expect(reached.lstm).toBeGreaterThan(0.01)
    expect(reached.lstm).toBeGreaterThan(1000 * reached.rnn)
  })

  await test.step('a held gate: beside the original, as unroll trace --interventions says; undone, redone, reset', async () => {
    await page.getByRole('button', { name: 'states', exact: true }).click()
    await score.cursorTo(10)
    await page.keyboard.press('f')
    await expect(score.get('fixed-lstm-gates.forget')).toBeVisible()
    await score.get('hold-gates.forget').fill('0')
    await score.get('hold-gates.forget').press('Enter')
    await score.settled()
    const held = [{ kind: 'clamp', layer: 0, of: 'gates.forget', value: 0, from: 0, to: 49 }] as const
    const changed = await traced(lab, id, 1, inputs, target, held)
    await score.agrees('value-c', changed('layers.0.cell', 9, await score.unit()))
    await score.agrees('what-if-lstm', changed('output'))
    await expect(score.get('noticed-lstm')).toHaveText('changed its answer')
    await expect(score.get('noticed-rnn')).toHaveText('did not notice')
    const arrives = (t: number) => normAt(changed, 'layers.0.grad.cell', t, 32)
    await score.agrees('norm-lstm-cell', arrives(9) / arrives(49))
    await score.focusScore()
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    await expect(score.get('what-if-lstm')).toBeHidden()
    await page.keyboard.press('Control+Shift+Z')
    await expect(score.get('fixed-lstm-gates.forget')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(score.get('fixed-lstm-gates.forget')).toBeHidden()
    await score.settled()
  })

  await test.step('another input: the answer and a staff of its own for the difference', async () => {
    await score.cursorTo(10)
    await page.keyboard.press('Control+Home')
    await score.cursorTo(10)
    await page.keyboard.press('Enter')
    const edited = Float32Array.from(inputs.data)
    edited[9 * 2] = 0.05
    await score.get('edit-value').fill('0.05')
    await score.get('edit-value').press('Enter')
    await expect(score.get('changed')).toHaveCount(1)
    const changed = await traced(lab, id, 1, { ...inputs, data: edited }, target)
    await score.agrees('what-if-lstm', changed('output'))
    const difference = Array.from(
      { length: 32 },
      (_, j) => (changed('layers.0.cell', 9, j) - lstm('layers.0.cell', 9, j)) ** 2,
    )
    await score.agrees('difference-at-lstm', Math.sqrt(difference.reduce((a, b) => a + b, 0)))
    await score.get('clear-change').click()
    await score.settled()
  })

  await test.step('back in training: the state of an earlier step', async () => {
    await score.focusScore()
    await page.keyboard.press('{')
    await expect(score.get('checkpoints')).toHaveAttribute('data-step', '0')
    await score.settled()
    const untrained = await lab.inspect.example(id, { index: 0, step: 0 })
    await score.agrees('answer-lstm', untrained.runs[1]?.answer as number)
    await score.get('play-training').click()
    await expect(score.get('checkpoints')).not.toHaveAttribute('data-step', '0')
    await score.get('play-training').click()
    await score.focusScore()
    await page.keyboard.press('}')
    await expect(score.get('checkpoints')).toHaveAttribute('data-step', '1200')
    await score.settled()
  })

  await test.step('zoom, find, the batch, gates over training, and what is taken home', async () => {
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    await expect(score.get('overview')).toBeVisible()
    const shown =
      Number(await score.get('overview').getAttribute('data-to')) -
      Number(await score.get('overview').getAttribute('data-from'))
    expect(shown).toBeLessThan(15)
    await page.keyboard.press('0')
    await expect(score.get('overview')).toBeHidden()

    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Shift+ArrowRight')
    await score.get('find').click()
    await expect(score.get('places').locator('li').first()).toContainText(/0\.9|1\.00/)
    await score.get('places').locator('li').first().click()
    await expect(score.get('marked')).toBeVisible()
    await expect(score.get('gate-history-lstm-gates.forget')).toBeVisible()

    await page.getByRole('button', { name: 'batch mean' }).click()
    const batch = await lab.inspect.batch(id, { limit: 64, jacobians: 16 })
    await score.agrees('batch-loss-lstm', batch.runs[1]?.loss as number)
    await expect(score.get('histogram-gates.forget')).toBeVisible()
    // Another example is chosen beside the means, and they are asked for and left at once: an example is what is shown.
    const before = Number(await score.get('example-number').inputValue())
    await score.focusScore()
    await page.keyboard.press('PageDown')
    for (const shown of ['example', 'batch mean', 'example']) {
      await page.getByRole('button', { name: shown, exact: true }).click()
    }
    await expect(score.get('batch-loss-lstm')).toBeHidden()
    await expect(score.get('example-number')).toHaveValue(String(before + 1))
    await score.settled()
    await expect(score.get('answer-lstm')).toBeVisible()
    await score.showExample(1)

    await score.get('export-menu').click()
    const { bytes } = await score.download('export-lstm-cell-npz')
    const cell = readNpz(bytes, 'cell.npz').get('lstm.cell')?.array
    expect(cell?.shape).toEqual([50, 32])
    expect(Math.abs((cell?.data[9 * 32 + 3] as number) - lstm('layers.0.cell', 9, 3))).toBeLessThan(1e-4)
    const csv = (await score.download('export-spine-csv')).bytes.toString().trim().split('\n')
    expect(csv).toHaveLength(51)
    const svg = (await score.download('export-spine-svg')).bytes.toString()
    expect(svg).toContain('<desc>')
    expect(svg).toMatch(/<text[^>]*font-size="14px"[^>]*>Gradient reaching each step/)
    expect(svg.match(/<rect/g)?.length).toBeGreaterThan(200)
    expect((await score.download('export-lstm-gates-forget-png')).bytes.subarray(1, 4).toString()).toBe('PNG')
    await score.get('table-lstm-cell').click()
    await expect(score.get('chart-table').getByRole('row')).toHaveCount(51)
    await page.keyboard.press('Escape')
  })

  await test.step('the example stays the same from tab to tab', async () => {
    await score.showExample(4)
    await score.tab('train')
    await score.tab('answers')
    // By now a session that was begun anew would have come.
    await expect(page.getByRole('row').nth(1)).toBeVisible()
    await score.tab('inspect')
    await expect(score.get('example-number')).toHaveValue('4')
  })

  await test.step('a model opened from its files says the same', async () => {
    const { bytes } = await lab.exports.model(id, 1, 'model')
    await page.goto(served.address)
    const file = { name: 'lstm.zip', mimeType: 'application/zip', buffer: Buffer.from(bytes) }
    await score.get('model-files').setInputFiles(file)
    await score.get('model-examples').selectOption('adding')
    await score.get('model-go').click()
    await expect(score.get('staff-model-f')).toBeVisible()
    await score.agrees('answer-model', lstm('output'))
  })
  close()
  expect(score.complaints).toEqual([])
})

test('agreement on the Score: the verb’s gradient reaches the noun in the LSTM, and its answer follows the noun', async ({
  page,
}) => {
  test.setTimeout(300_000)
  const score = new ScorePage(page)
  await score.open(served.address)
  await score.get('setup-adding').click()
  await score.get('task-agreement').click()
  await score.get('setup-start').click()
  await score.finished(['rnn', 'lstm'], 200_000)
  const id = idIn(page.url())
  const { lab, close } = await labAt(served.address)
  await score.inspect()

  // Held-out pairs grow in distance: number 40 has 19 words between noun and verb, as far as training had.
  await score.showExample(40)
  const example = await lab.inspect.example(id, { index: 39 })
  const other = await lab.inspect.whatIf(id, { index: 39, counterpart: true })
  const noun = example.inputs.data.findIndex((word, t) => word !== other.changed.inputs.data[t])

  await test.step('a minimal pair in one click', async () => {
    await score.get('minimal-pair').click()
    await expect(score.get('changed')).toHaveCount(1)
    await expect(score.get('noticed-lstm')).toHaveText('changed its answer')
    await score.cursorTo(noun + 1)
    await score.get('clear-change').click()
    await score.settled()
  })

  await test.step('the gradient of the answer at the noun', async () => {
    const lstm = await traced(lab, id, 1, example.inputs, example.target)
    const last = example.inputs.data.length - 1
    const share = normAt(lstm, 'layers.0.grad.cell', noun, 32) / normAt(lstm, 'layers.0.grad.cell', last, 32)
    await score.agrees('norm-lstm-cell', share)
    const reached = { rnn: await score.number('norm-rnn-hidden'), lstm: await score.number('norm-lstm-cell') }
    console.log(
      `agreement, share of the last step's gradient at the noun, ${last - noun} words back: LSTM ${reached.lstm}, RNN ${reached.rnn}`,
    )
    expect(reached.lstm).toBeGreaterThan(100 * reached.rnn)
    await score.agrees('sensitivity-at-lstm', lstm('sensitivity', noun))
  })

  await test.step('every move says where one is', async () => {
    await score.focusScore()
    const word = example.tokens?.[noun] as string
    await page.keyboard.press('Control+ArrowDown')
    await expect(score.get('spoken')).toContainText(`${word}, time step ${noun + 1}, RNN ∂L/∂h`)
    await page.keyboard.press('Control+End')
    await expect(score.get('spoken')).toContainText('LSTM, hidden state, unit')
  })

  await test.step('both themes and languages: nothing is cut off, nothing is left untranslated', async () => {
    for (const look of ['en-light', 'en-dark', 'zh-dark', 'zh-light'] as const) {
      const [language] = look.split('-')
      await score.look(look)
      for (const tab of ['inspect', 'train'] as const) {
        await score.tab(tab)
        await expect(score.get(tab === 'inspect' ? 'score-grid' : 'waterfall-lstm')).toBeVisible()
        expect(await overflowing(page), `${look} ${tab}`).toEqual([])
      }
      const labels = await page
        .locator('[aria-label]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
      const foreign = labels.filter((label) =>
        language === 'zh' ? /[a-z]{4,} [a-z]{3,}/.test(label) : /\p{Script=Han}/u.test(label),
      )
      expect(foreign, look).toEqual([])
    }
  })
  close()
  expect(score.complaints).toEqual([])
})

/** Controls that stick out of the bar or panel that holds them. */
const overflowing = (page: import('@playwright/test').Page) =>
  page.locator('.sub, .dock, aside, footer').evaluateAll((holders) =>
    holders.flatMap((holder) => {
      const box = holder.getBoundingClientRect()
      return [...holder.querySelectorAll('button, select, input')]
        .map((control) => ({
          name: control.textContent || control.className,
          right: control.getBoundingClientRect().right,
        }))
        .filter(({ right }) => right > box.right + 1)
        .map(({ name }) => name)
    }),
  )
