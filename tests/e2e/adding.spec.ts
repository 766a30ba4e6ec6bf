import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { unzipSync } from 'fflate'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

/**
 * How far the LSTM's flow at the first time step is above the RNN's at least, with seed 1. The RNN's is
 * 2e-4 or an exact 0, by how the last bits of 1,200 updates are rounded; the LSTM's is 6e-2 either way.
 */
const factor = 100
const runs = ['rnn', 'lstm'] as const

interface Exported {
  model: { format: string; cell: string; hiddenSize: number }
  tensors: Record<string, number[]>
  flow: Record<string, { shape: number[]; values: number[] }>
  history: { header: string; rows: number }
}

function readWithPython(bytes: Buffer): Exported {
  const script = fileURLToPath(new URL('./read_export.py', import.meta.url))
  return JSON.parse(execFileSync('python3', [script], { input: bytes, maxBuffer: 1 << 28 }).toString())
}

test('one click trains an RNN against an LSTM, and the gradient survives in the LSTM alone', async ({ page }) => {
  test.setTimeout(600_000)
  const workspace = newWorkspace()
  let served = await ServedLab.start(workspace)
  const lab = new LabPage(page)
  await lab.open(served.address)
  expect(page.url(), 'the token leaves the address bar').not.toContain(served.address.split('#')[1] as string)

  await lab.get('primary-start').click()
  await lab.trainedTo(20, 60_000)
  const longTasks = await lab.watchLongTasks()

  // The whole training takes a few seconds: first what needs it to go on.
  await test.step('pause, one step, play', async () => {
    await lab.get('play').click()
    await expect(lab.get('state-rnn')).toHaveAttribute('data-state', 'paused')
    const paused = await lab.step()
    await lab.get('step-once').click()
    await expect.poll(() => lab.step()).toBe(paused + 1)
    await lab.get('play').click()
  })

  await test.step('the trainer does not wait for the page', async () => {
    const before = await lab.step()
    await page.evaluate(() => {
      const end = performance.now() + 1000
      while (performance.now() < end);
    })
    await expect.poll(() => lab.step(), { timeout: 1500, intervals: [50] }).toBeGreaterThan(before + 8)
  })
  const ownFreeze = (await longTasks()).length

  await lab.finished(runs, 500_000)
  const tasks = (await longTasks()).slice(ownFreeze)
  const longest = Math.max(0, ...tasks).toFixed(0)
  console.log(`page main thread while training: ${tasks.length} tasks over 50 ms, longest ${longest} ms`)

  const picture = process.env.UNROLL_PICTURE
    ? fileURLToPath(new URL('./lab.png', import.meta.url))
    : 'test-results/lab.png'
  await page.screenshot({ path: picture })
  await expect(lab.get('horizon-lstm').first()).toHaveAttribute('data-horizon', '50')

  await test.step('back in training, and forward again', async () => {
    await page.keyboard.press('[')
    expect(await lab.step()).toBeLessThan(1200)
    await lab.get('follow').click()
    expect(await lab.step()).toBe(1200)
  })

  await test.step('what they answer: the LSTM solved it, the RNN is at the baseline', async () => {
    await lab.tab('answers')
    const accuracy = async (run: string) => {
      const cells = lab.get(`score-${run}`).locator('td')
      return Number(((await cells.last().textContent()) ?? '').replace(/[^\d.]/g, ''))
    }
    expect(await accuracy('lstm')).toBeGreaterThan(80)
    expect(await accuracy('rnn')).toBeLessThan(30)
  })

  await test.step('inside: gates and states of a held-out example', async () => {
    await lab.tab('inspect')
    for (const symbol of ['f', 'i', 'o', 'c', 'h']) await expect(lab.get(`staff-lstm-${symbol}`)).toBeVisible()
    await expect(lab.get('staff-rnn-h')).toBeVisible()
    const value = (await lab.get('value-c').textContent()) ?? ''
    await page.keyboard.press('ArrowLeft')
    await expect(lab.get('value-c')).not.toHaveText(value)
    await lab.get('example-number').fill('9999')
    await page.keyboard.press('Enter')
    await expect(lab.get('example-refused')).toContainText('256')
  })

  await test.step('taken home, and opened by readers that are not ours', async () => {
    await lab.tab('export')
    const [rnn, lstm] = [
      readWithPython((await lab.download('export-rnn-model')).bytes),
      readWithPython((await lab.download('export-lstm-model')).bytes),
    ]
    expect(lstm.model).toMatchObject({ format: 'unroll-model/1', cell: 'lstm', hiddenSize: 32 })
    expect(lstm.tensors['rnn.weight_hh_l0']).toEqual([128, 32])
    expect(lstm.history.rows).toBe(1200)
    expect(lstm.flow.step?.values.at(0)).toBe(1)
    expect(lstm.flow.step?.values.at(-1)).toBe(1200)
    const firstOfLast = ({ shape, values }: { shape: number[]; values: number[] }) =>
      values.at(-(shape[1] as number)) as number
    const reached = { lstm: firstOfLast(lstm.flow.cell as never), rnn: firstOfLast(rnn.flow.hidden as never) }
    console.log(
      `flow at time step 0 after training: LSTM ${reached.lstm.toExponential(2)}, RNN ${reached.rnn.toExponential(2)}`,
    )
    expect(reached.lstm).toBeGreaterThan(factor * reached.rnn)

    const files = unzipSync((await lab.download('export-lstm-tfjs')).bytes)
    expect(Object.keys(files)).toEqual([expect.stringContaining('model.json'), expect.stringContaining('weights.bin')])
    const csv = (await lab.download('export-flow-csv')).bytes.toString()
    expect(csv.split('\n').length).toBeGreaterThan(100)
    const png = (await lab.download('export-flow-png')).bytes
    expect(png.subarray(1, 4).toString()).toBe('PNG')
  })

  await test.step('a reload finds everything, and so does a lab started anew', async () => {
    await page.reload()
    await expect(lab.get('tab-train')).toBeVisible()
    await served.stop()
    served = await ServedLab.start(workspace)
    await page.goto('about:blank')
    await lab.open(served.address)
    await expect(lab.get('claim')).toHaveAttribute('data-claim', 'forgets')
    await lab.get('experiment-name').first().click()
    await expect(lab.get('state-lstm')).toHaveAttribute('data-state', 'done')
    await expect(lab.get('horizon-lstm').first()).toHaveAttribute('data-horizon', '50')
  })

  await test.step('continued beyond its end', async () => {
    await lab.get('more-steps').fill('3')
    await lab.get('continue').click()
    await lab.trainedTo(1203, 60_000)
  })

  expect(lab.complaints.filter((text) => !/WebSocket|ERR_CONNECTION/.test(text))).toEqual([])
  expect(await served.stop()).toBe(130)
})
