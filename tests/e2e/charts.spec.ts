import { expect, test } from '@playwright/test'
import { readNpz } from '../../main/lab/formats/npz.ts'
import type { Floats } from '../../shared/ndarray.ts'
import { headOf } from './head.ts'
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

test('answers at every step, accuracy by distance and attractors, and the charts of both taken home', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const { lab, close } = await labAt(served.address)
  const cells = [
    { cell: 'rnn', hiddenSize: 24 },
    { cell: 'lstm', hiddenSize: 24 },
  ]
  const { id } = await lab.experiments.create({
    task: { id: 'agreement' },
    cells,
    training: { steps: 600 },
  })
  const score = new ScorePage(page)
  await score.open(served.address)
  const show = (tab: string) => page.evaluate((to) => (location.hash = to), `/e/${id}/${tab}`)
  await show('train')
  await lab.training.play(id)
  await score.finished(['rnn', 'lstm'], 120_000)
  const arrays = async (chart: string) => readNpz((await score.download(`export-${chart}-npz`)).bytes, chart)
  const floats = (found: Awaited<ReturnType<typeof arrays>>, name: string) => found.get(name)?.array as Floats

  await test.step('the answer at every step is the head of the h_t that unroll trace finds', async () => {
    await show('inspect')
    await score.showExample(11)
    const pair = await lab.inspect.whatIf(id, { index: 10, counterpart: true })
    await score.get('minimal-pair').click()
    await score.settled()
    const last = pair.original.inputs.data.length - 1
    for (const [run, name] of ['rnn', 'lstm'].entries()) {
      const shareOf = await headOf(lab, id, run)
      const [original, changed] = await Promise.all(
        [pair.original, pair.changed].map(({ inputs, target }) => traced(lab, id, run, inputs, target)),
      )
      if (!original || !changed) throw new Error('nothing was traced')
      for (const t of [0, 4, last]) {
        await score.cursorTo(t + 1)
        await score.agrees(`answer-at-${name}`, shareOf(original, t, pair.original.target))
        await score.agrees(`what-if-at-${name}`, shareOf(changed, t, pair.original.target))
      }
      // At the last step nothing is read early: the answer that the page states.
      const sure = shareOf(original, last, pair.original.runs[run]?.answer as number)
      await expect(score.get(`answer-${name}`)).toContainText(sure.toFixed(2))
    }
    await expect(page.getByText('is read early')).toHaveCount(1)
  })

  await test.step('a what-if opens at the unit that it moves most', async () => {
    const { original, changed } = await lab.inspect.whatIf(id, { index: 10, counterpart: true })
    const [before, after] = [original, changed].map(({ runs }) => runs[1]?.trace['layers.0.cell']?.data ?? [])
    const moved = Array.from({ length: 24 }, (_, unit) =>
      Array.from(after ?? []).reduce(
        (sum, c, k) => sum + (k % 24 === unit ? (c - (before?.[k] as number)) ** 2 : 0),
        0,
      ),
    )
    expect(await score.unit()).toBe(moved.indexOf(Math.max(...moved)))
  })

  await test.step('answers, sensitivity, differences and gates over training are taken home', async () => {
    await page.keyboard.press('Control+e')
    const answers = await arrays('answers')
    const example = await lab.inspect.example(id, { index: 10 })
    expect(floats(answers, 'lstm.answers')).toEqual(example.runs[1]?.answers)
    expect([...answers.keys()]).toContain('rnn.answers.what_if')
    expect((await score.download('export-answers-svg')).bytes.toString()).toContain('read early')
    const header = (await score.download('export-answers-csv')).bytes.toString().split('\n')[0]
    expect(header).toBe('time_step,token,rnn.answer,rnn.answer.what_if,lstm.answer,lstm.answer.what_if')
    const leans = floats(await arrays('sensitivity'), 'lstm.sensitivity')
    await score.agrees('sensitivity-at-lstm', leans.data.at(-1) as number)
    expect(floats(await arrays('difference'), 'lstm.difference').data[0]).toBe(0)
    const { runs } = await lab.inspect.gates(id)
    const history = await arrays('lstm-gate-history')
    expect(floats(history, 'lstm.histogram.gates.forget')).toEqual(runs[1]?.arrays['layers.0.histogram.gates.forget'])
    expect(history.get('lstm.step')?.array.data).toEqual(runs[1]?.step)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await score.settled()
    await page.getByRole('button', { name: 'batch mean' }).click()
    await expect(score.get('histogram-gates.forget')).toBeVisible()
    await page.keyboard.press('Control+e')
    const batch = await lab.inspect.batch(id, { limit: 64, jacobians: 16 })
    expect(floats(await arrays('lstm-histograms'), 'lstm.histogram.gates.forget')).toEqual(
      batch.runs[1]?.arrays['layers.0.histogram.gates.forget'],
    )
  })

  await test.step('every CSV and array of the Score holds what unroll trace finds, and every chart has every format', async () => {
    await page.getByRole('button', { name: 'example', exact: true }).click()
    await score.showExample(11)
    await expect(score.get('export-sensitivity-csv')).toBeVisible()
    const example = await lab.inspect.example(id, { index: 10 })
    const last = example.inputs.data.length - 1
    const found = await traced(lab, id, 1, example.inputs, example.target)
    const formats = await page
      .getByTestId(/^export-.*-csv$/)
      .evaluateAll((all) => all.map((each) => each.dataset.testid))
    const charts = formats.map((name) => name?.slice('export-'.length, -'-csv'.length) ?? '')
    for (const chart of charts) {
      const isDense = /^(rnn|lstm)-(cell|hidden|gates-|grad-|gate-history)/.test(chart)
      await expect(score.get(`export-${chart}-svg`), chart).toHaveCount(isDense ? 0 : 1)
      for (const other of [`export-${chart}-png`, `export-${chart}-npz`, `table-${chart}`, `copy-${chart}`])
        await expect(score.get(other)).toBeVisible()
    }
    const rows = async (chart: string) => {
      const csv = (await score.download(`export-${chart}-csv`)).bytes.toString().trim()
      const [names = [], ...lines] = csv.split('\n').map((line) => line.split(','))
      expect(lines, chart).toHaveLength(last + 1)
      return (name: string, t: number) => Number(lines[t]?.[names.indexOf(name)])
    }
    const near = (value: number, wanted: number) =>
      expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-4 * Math.abs(wanted) + 1e-9)
    const staves = charts.filter((chart) => /^lstm-(cell|hidden|gates-|grad-)/.test(chart))
    expect(staves).toHaveLength(8)
    for (const chart of staves) {
      const name = `layers.0.${chart.slice('lstm-'.length).replaceAll('-', '.')}`
      const csv = await rows(chart)
      const array = floats(await arrays(chart), `lstm.${name.slice('layers.0.'.length)}`)
      for (const [t, unit] of [
        [0, 0],
        [last, 7],
      ] as const) {
        near(array.data[t * 24 + unit] as number, found(name, t, unit))
        const shown = csv(`unit_${unit + 1}`, t)
        if (!Number.isNaN(shown)) near(shown, found(name, t, unit))
      }
    }
    const norms = await rows('spine')
    near(
      norms('lstm.cell', 0) * normAt(found, 'layers.0.grad.cell', last, 24),
      normAt(found, 'layers.0.grad.cell', 0, 24),
    )
    near((await rows('lstm-jacobian'))('jacobian', 2), found('layers.0.jacobian', 2))
    const direct = Array.from({ length: 24 }, (_, unit) => Math.abs(found('layers.0.grad.cell.direct', 1, unit)))
    near(
      (await rows('lstm-paths'))('direct', 1),
      direct.reduce((sum, size) => sum + size),
    )
    await page.keyboard.press('Escape')
  })

  await test.step('accuracy by distance and by attractors counts the lab’s own answers', async () => {
    await show('answers')
    const { tags, targets, outputs } = await lab.results.answers(id)
    for (const tag of ['distance', 'attractors']) {
      const values = tags?.[tag]?.data ?? new Int32Array(0)
      const found = await arrays(`by-${tag}`)
      const [from, to] = ['from', 'to'].map((end) => found.get(`${tag}.${end}`)?.array.data ?? [])
      expect(from?.length).toBeGreaterThan(1)
      for (const [run, name] of ['rnn', 'lstm'].entries()) {
        const shares = floats(found, `${name}.accuracy`).data
        for (const [k, share] of shares.entries()) {
          const inBin = Array.from(values.keys()).filter(
            (at) => (values[at] as number) >= (from?.[k] as number) && (values[at] as number) <= (to?.[k] as number),
          )
          const right = inBin.filter((at) => targets.data[at] === outputs[run]?.data[at])
          expect(share).toBeCloseTo(right.length / inBin.length, 6)
          await expect(score.get(`by-${tag}`).locator('tbody tr').nth(run).locator('td').nth(k)).toHaveText(
            `${(100 * share).toFixed(0)} %`,
          )
        }
      }
      const [rnn = [], lstm = []] = ['rnn', 'lstm'].map((name) => [...floats(found, `${name}.accuracy`).data])
      const counts = [...(found.get(`${tag}.examples`)?.array.data ?? [])]
      const written = (shares: number[]) => shares.map((share) => share.toFixed(2)).join(' ')
      console.log(`agreement by ${tag} ${[...(from ?? [])]}: RNN ${written(rnn)}; LSTM ${written(lstm)}; of ${counts}`)
      // A share of a handful of examples may be anything.
      const ofMany = (shares: number[]) => shares.filter((_, k) => (counts[k] as number) >= 30)
      expect(ofMany(rnn).length).toBeGreaterThan(0)
      expect(Math.max(...ofMany(rnn))).toBeLessThan(0.7)
      expect(Math.min(...ofMany(lstm))).toBeGreaterThan(0.9)
    }
    const svg = (await score.download('export-by-distance-svg')).bytes.toString()
    expect(svg).toContain('beyond what was trained on')
    await score.get('chart-distance').hover({ position: { x: 80, y: 60 } })
    await expect(score.get('said-distance')).toContainText(/RNN [\d.]+ % \([\d.]+–[\d.]+\) · LSTM/)
    await page.mouse.move(0, 0)
    const bins = score.get('bins-distance')
    await bins.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    await expect(bins).toHaveAttribute('aria-valuetext', /RNN [\d.]+ % \([\d.]+–[\d.]+\) · LSTM/)
    expect(await bins.getAttribute('aria-valuenow')).toBe(String(Number(await bins.getAttribute('aria-valuemax')) - 1))
    await expect(page.getByRole('heading', { level: 2, name: /by distance/ })).toBeVisible()
  })
  close()
  expect(score.complaints).toEqual([])
})
