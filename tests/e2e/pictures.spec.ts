import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { missingFonts } from '../../build/fonts.mjs'
import { newWorkspace, ServedLab } from './lab.ts'
import { ScorePage } from './score-page.ts'
import { labAt } from './wire.ts'

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/*
 * Train and Inspect as they look in both themes and languages, beside the pictures in ./pictures. What is drawn is
 * the same everywhere: the page takes the system's fonts, so the browser is given a font configuration with two
 * of Debian's alone, and a training gives the same bits on any number of threads. A CPU without fused
 * multiply-add rounds otherwise, which so short a training does not turn into another picture.
 *
 * UNROLL_PICTURE=1 npm test -- e2e takes them anew.
 */
test.use({
  // Playwright hides the caret by a style of its own, which the page's policy refuses.
  bypassCSP: true,
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, env: { ...process.env, FONTCONFIG_FILE: beside('fonts.conf') } })
  },
})

let served: ServedLab
test.beforeEach(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterEach(async () => {
  await served.stop()
})

test('Train and Inspect look as they did, in both themes and languages', async ({ page }) => {
  const missing = missingFonts()
  test.skip(missing.length > 0, `the pictures are drawn with fonts that are not there: ${missing.join(', ')}`)
  const { lab, close } = await labAt(served.address)
  const { id } = await lab.experiments.create(
    { task: { id: 'agreement' }, cells: [{ cell: 'rnn' }, { cell: 'lstm' }], training: { steps: 200 } },
    'Was or were',
  )
  await lab.training.play(id)
  const score = new ScorePage(page)
  await score.open(served.address)
  await page.evaluate((to) => {
    location.hash = to
  }, `/e/${id}/train`)
  await score.finished(['rnn', 'lstm'], 120_000)
  await score.inspect()
  await score.showExample(25)
  await score.get('minimal-pair').click()
  await score.settled()
  await score.cursorTo(6)
  for (const tab of ['inspect', 'train'] as const) {
    await score.tab(tab)
    await expect(score.get(tab === 'inspect' ? 'score-grid' : 'waterfall-lstm')).toBeVisible()
    for (const look of ['en-light', 'en-dark', 'zh-dark', 'zh-light'] as const) {
      await score.look(look)
      await expect.soft(page).toHaveScreenshot(`${tab}-${look}.png`)
    }
  }
  close()
  expect(score.complaints).toEqual([])
})
