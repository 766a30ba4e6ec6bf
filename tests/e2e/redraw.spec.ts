import { expect, type Page, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { ScorePage } from './score-page.ts'
import { labAt } from './wire.ts'

let served: ServedLab
test.beforeEach(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterEach(async () => {
  await served.stop()
})

/** The inspector on an untrained network; milliseconds from the question to the first picture. */
async function untrained(page: Page, length: number, cell: 'rnn' | 'lstm', hiddenSize: number) {
  const { lab, close } = await labAt(served.address)
  const { id } = await lab.experiments.create({
    task: { id: 'adding', length },
    cells: [{ cell, hiddenSize }],
    training: { steps: 10 },
  })
  const score = new ScorePage(page)
  await score.open(served.address)
  await page.evaluate((to) => {
    location.hash = to
  }, `/e/${id}/inspect`)
  const started = performance.now()
  await page.getByRole('button', { name: 'Show the untrained network' }).click()
  await expect(score.get(`staff-${cell}-h`)).toBeVisible({ timeout: 60_000 })
  const took = performance.now() - started
  await score.settled()
  return { score, lab, id, took, close }
}

/** Nine of ten redraws take less, on a busy machine too; milliseconds. */
const longest = 100

/**
 * Milliseconds of single redraws in words: a turn of the wheel, and everything that is drawn anew because of it; and
 * of the whole frames, with what the browser makes of it (in software where there is no GPU).
 */
async function redraws(page: Page, staff: string): Promise<string> {
  const [took, frames] = await page.evaluate(async (id) => {
    const staff = document.querySelector(`[data-testid="${id}"]`) as HTMLElement
    const overview = document.querySelector('[data-testid="overview"]') as HTMLElement
    const box = staff.getBoundingClientRect()
    const times: number[] = []
    const frames: number[] = []
    for (let turn = 0; turn < 80; turn += 1) {
      const before = `${overview.dataset.from} ${overview.dataset.to}`
      const sideways = turn % 2 ? { deltaX: turn % 4 === 1 ? 40 : -40 } : { deltaY: turn % 4 ? 60 : -60 }
      const started = performance.now()
      staff.dispatchEvent(
        new WheelEvent('wheel', {
          bubbles: true,
          cancelable: true,
          clientX: box.left + 200,
          clientY: box.top + 50,
          ...sideways,
        }),
      )
      await Promise.resolve()
      await Promise.resolve()
      if (before !== `${overview.dataset.from} ${overview.dataset.to}`) times.push(performance.now() - started)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      frames.push(performance.now() - started)
    }
    return [times, frames].map((measured) => measured.sort((a, b) => a - b)) as [number[], number[]]
  }, staff)
  expect(took.length).toBeGreaterThan(40)
  const at = (times: readonly number[], share: number) => times[Math.floor((times.length - 1) * share)] as number
  expect(at(took, 0.9)).toBeLessThan(longest)
  const words = (times: readonly number[]) =>
    `median ${at(times, 0.5).toFixed(1)} ms, 90 % ${at(times, 0.9).toFixed(1)} ms`
  return `${took.length} times: ${words(took)}; from frame to frame: ${words(frames)}`
}

test('512 units over 2,000 steps are zoomed and moved as fast as the hand; the figure is printed', async ({ page }) => {
  const { score, close } = await untrained(page, 2000, 'rnn', 512)
  close()
  await expect(score.get('aggregated')).toBeVisible()
  await page
    .getByRole('button', { name: /500 more/ })
    .first()
    .click()
  await expect.poll(async () => (await score.get('staff-rnn-h').boundingBox())?.height).toBeGreaterThan(1000)
  console.log(`redraw of 512 x 2,000 cells while zooming and moving, ${await redraws(page, 'staff-rnn-h')}`)

  await test.step('a picture out of sight is drawn anew when it comes back', async () => {
    const overview = score.get('overview').locator('canvas').first()
    const drawn = () => overview.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
    const scrollTo = (share: number) =>
      page
        .locator('main.inspect .scroll')
        .first()
        .evaluate(async (pane, to) => {
          pane.scrollTop = to * pane.scrollHeight
          // What is in sight is told between frames.
          for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve))
        }, share)
    const light = await drawn()
    await scrollTo(1)
    await score.get('theme').click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    expect((await drawn()) === light).toBe(true)
    await scrollTo(0)
    await expect.poll(async () => (await drawn()) === light).toBe(false)
  })

  await test.step('pictures are as sharp as the screen that the window is moved to', async () => {
    const picture = score.get('staff-rnn-h').locator('canvas')
    const sharpness = () => picture.evaluate((canvas: HTMLCanvasElement) => canvas.width / canvas.clientWidth)
    expect(await sharpness()).toBe(1)
    const session = await page.context().newCDPSession(page)
    // Chromium tells of the other screen's resolution once the window is of another size there.
    const screen = { width: 1440, height: 890, mobile: false, deviceScaleFactor: 2 }
    await session.send('Emulation.setDeviceMetricsOverride', screen)
    await expect.poll(sharpness).toBe(2)
  })
  expect(score.complaints).toEqual([])
})

test('a sequence of 5,000 steps: seen whole and said to be aggregated, zoomed, brushed, pointed at, read as a table', async ({
  page,
}) => {
  const { score, lab, id, took, close } = await untrained(page, 5000, 'lstm', 64)
  const example = await lab.inspect.example(id, { index: 0, arrays: ['layers.0.'] })
  close()
  const overview = score.get('overview')
  const shown = async () => [
    Number(await overview.getAttribute('data-from')),
    Number(await overview.getAttribute('data-to')),
  ]

  await test.step('the whole of it', async () => {
    expect(await shown()).toEqual([1, 5000])
    await expect(score.get('aggregated')).toHaveText(/^7 steps/)
  })
  const redraw = await redraws(page, 'staff-lstm-f')
  const { JSHeapUsedSize: heap } = Object.fromEntries(
    await page
      .context()
      .newCDPSession(page)
      .then(async (session) => {
        await session.send('Performance.enable')
        return (await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value])
      }),
  ) as Record<string, number>
  console.log(
    `5,000 steps of an LSTM with 64 units: first picture after ${took.toFixed(0)} ms; redraw ${redraw}; page's heap ${((heap ?? 0) / 1e6).toFixed(0)} MB`,
  )

  await test.step('a brush that is drawn narrower, and moved', async () => {
    await page.keyboard.press('0')
    const box = await overview.boundingBox()
    if (!box) throw new Error('The overview is not drawn.')
    const y = box.y + 8
    await page.mouse.move(box.x + box.width - 1, y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 10, y, { steps: 5 })
    await page.mouse.up()
    const [from, to] = (await shown()) as [number, number]
    expect(from).toBe(1)
    expect(Math.abs(to - 500)).toBeLessThan(20)
    await expect(score.get('aggregated')).toBeHidden()
    await expect(score.get('beyond')).toBeVisible()
    await page.mouse.move(box.x + box.width / 20, y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2, y, { steps: 5 })
    await page.mouse.up()
    const [moved] = (await shown()) as [number, number]
    expect(Math.abs(moved - 2250)).toBeLessThan(50)
  })

  await test.step('pointed at: the step under the pointer, and its exact number', async () => {
    const staff = await score.get('staff-lstm-c').boundingBox()
    if (!staff) throw new Error('The staff is not drawn.')
    await page.mouse.move(staff.x + staff.width / 2, staff.y + 4)
    const t = Number((await page.getByText(/^t = \d+$/).textContent())?.slice(4))
    const [from, to] = (await shown()) as [number, number]
    expect(Math.abs(t - (from + to) / 2)).toBeLessThan(10)
    const cell = example.runs[0]?.trace['layers.0.cell']?.data as Float32Array
    await score.agrees('value-c', cell[(t - 1) * 64 + (await score.unit())] as number)
  })

  await test.step('Jacobians that cost much are computed for the question that they are asked of', async () => {
    await page.getByRole('button', { name: 'gradients', exact: true }).click()
    await score.get('compute-jacobians-lstm').click()
    await expect(score.get('jacobian-lstm')).toBeVisible({ timeout: 60_000 })
    await score.showExample(2)
    await expect(score.get('compute-jacobians-lstm')).toBeVisible()
  })

  await test.step('the table says how much of it there is', async () => {
    await score.focusScore()
    await page.keyboard.press('0')
    await score.get('export-menu').click()
    const csv = (await score.download('export-spine-csv')).bytes.toString().trim().split('\n')
    expect(csv).toHaveLength(5001)
    // A vector picture has no picture of dots in it, however many the columns.
    const svg = (await score.download('export-spine-svg')).bytes.toString()
    expect(svg.includes('<image')).toBe(false)
    expect(svg.match(/<rect[^>]*height="23"/g)?.length).toBeGreaterThan(5)
    await score.get('table-spine').click()
    await expect(score.get('chart-table').getByText('The first 1\u202f000 of 5\u202f000 rows')).toBeVisible()
  })
  expect(score.complaints).toEqual([])
})
