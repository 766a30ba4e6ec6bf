import { expect, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { ScorePage } from './score-page.ts'
import { labAt } from './wire.ts'

test('512 units over 2,000 steps are zoomed and moved as fast as the hand; the figure is printed', async ({ page }) => {
  test.setTimeout(120_000)
  const served = await ServedLab.start(newWorkspace())
  const { lab, close } = await labAt(served.address)
  const { id } = await lab.experiments.create({
    task: { id: 'adding', length: 2000 },
    cells: [{ cell: 'rnn', hiddenSize: 512 }],
    training: { steps: 10 },
  })
  const score = new ScorePage(page)
  await score.open(served.address)
  await page.evaluate((to) => {
    location.hash = to
  }, `/e/${id}/inspect`)
  await page.getByRole('button', { name: 'Show the untrained network' }).click()
  await expect(score.get('staff-rnn-h')).toBeVisible({ timeout: 60_000 })
  await expect(score.get('aggregated')).toBeVisible()
  await page
    .getByRole('button', { name: /500 more/ })
    .first()
    .click()
  await expect.poll(async () => (await score.get('staff-rnn-h').boundingBox())?.height).toBeGreaterThan(1000)

  // A turn of the wheel, and everything that is drawn anew because of it, until the page is done.
  const took = await page.evaluate(async () => {
    const staff = document.querySelector('[data-testid="staff-rnn-h"]') as HTMLElement
    const overview = document.querySelector('[data-testid="overview"]') as HTMLElement
    const box = staff.getBoundingClientRect()
    const times: number[] = []
    for (let turn = 0; turn < 40; turn += 1) {
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
    }
    return times.sort((a, b) => a - b)
  })
  const at = (share: number) => (took[Math.floor((took.length - 1) * share)] as number).toFixed(1)
  console.log(
    `redraw of 512 x 2,000 cells while zooming and moving, ${took.length} times: median ${at(0.5)} ms, 90 % ${at(0.9)} ms`,
  )
  expect(took.length).toBeGreaterThan(20)
  close()
  expect(score.complaints).toEqual([])
  await served.stop()
})
