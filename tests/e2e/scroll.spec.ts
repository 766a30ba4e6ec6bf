import { expect, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

// A trace takes a picture of every frame: what would be measured is that.
test.use({ trace: 'off' })

let served: ServedLab
test.beforeEach(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterEach(async () => {
  await served.stop()
})

/** Rows that are scrolled through; UNROLL_ROWS=100000 has the full number, which takes over 20 s. */
const many = Number(process.env.UNROLL_ROWS ?? 20_000)

test(`${many} rows scroll, and are all copied`, async ({ page, context }) => {
  const lab = new LabPage(page)
  const words = ['the', 'cat', 'dogs', 'was', 'were', 'near', 'old', 'small', 'bird', 'of']
  const row = (k: number) =>
    JSON.stringify({
      inputs: Array.from({ length: 4 + (k % 12) }, (_, t) => words[(k * (t + 3)) % 10]),
      target: k % 2 ? 'a' : 'b',
    })
  const head = '{"format":"unroll-sequences/1","inputs":"tokens","target":"class"}'
  const lines = [head, ...Array.from({ length: many }, (_, k) => row(k))]
  await lab.open(served.address)
  await lab
    .get('file-input')
    .setInputFiles({ name: 'large.jsonl', mimeType: 'application/json', buffer: Buffer.from(lines.join('\n')) })
  await expect(lab.get('preview')).toBeVisible({ timeout: 60_000 })
  await page.goto(served.address)
  await lab.get('edit-data').click()
  await expect(lab.get('grid')).toHaveAttribute('aria-rowcount', String(many + 1))
  const grid = lab.get('grid')
  for (const [how, step] of [
    ['by the wheel', 120],
    ['by the scroll bar', 900],
  ] as const) {
    const { frames, slow, seconds, blank } = await grid.evaluate(async (element, pixels) => {
      const times: number[] = []
      const isBlank = (row: Element) => row.querySelector('[aria-colindex="2"]')?.textContent?.trim() === ''
      let blank = 0
      let last = await new Promise<number>(requestAnimationFrame)
      const begin = last
      for (let k = 0; k < 180; k++) {
        element.scrollTop += pixels
        const now = await new Promise<number>(requestAnimationFrame)
        times.push(now - last)
        last = now
        if ([...element.querySelectorAll('.rows > [role=row]')].some(isBlank)) blank++
      }
      const slow = times.filter((time) => time > 50).length
      return { frames: times.length, slow, seconds: (last - begin) / 1000, blank }
    }, step)
    const rate = `${(frames / seconds).toFixed(0)} frames a second, ${slow} of ${frames} over 50 ms, ${blank} with a row on its way`
    console.log(`scrolling ${many} rows ${how}, ${step} px a frame: ${rate}`)
  }
  await expect(grid.getByRole('gridcell').first()).toBeVisible()
  await page.keyboard.press('Tab')
  await grid.focus()
  await page.keyboard.press('Control+End')
  await expect(grid).toContainText(String(many))
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  const copied = () => page.evaluate(async () => (await navigator.clipboard.readText()).split('\n'))
  await expect.poll(async () => (await copied()).length).toBe(many)
  expect((await copied())[1]).toBe('was were near old small\ta')
  expect(lab.complaints).toEqual([])
})
