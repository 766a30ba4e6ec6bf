import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

const vega = (file: string) => fileURLToPath(new URL(`../../node_modules/vega-datasets/data/${file}`, import.meta.url))
const runs = ['rnn', 'lstm']

let served: ServedLab
test.beforeEach(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterEach(async () => {
  await served.stop()
})

test('a text file: both networks learn its characters and write on', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  const story = '他吃了一口菜，被辣得流出了眼泪。过了很久他说：这个菜味道真辣。那块糖他也尝了，他说：这块糖味道真甜。\n'
  await lab
    .get('file-input')
    .setInputFiles({ name: 'story.txt', mimeType: 'text/plain', buffer: Buffer.from(story.repeat(30)) })
  await expect(lab.get('preview')).toContainText('这个菜味道真辣')
  await lab.get('field-window').fill('12')
  await lab.get('field-steps').fill('120')
  await lab.get('setup-start').click()
  await lab.finished(runs, 120_000)
  await lab.tab('answers')
  await expect(lab.get('scores')).toBeVisible()
  await lab.get('prompt').fill('这块糖味道')
  await lab.get('sample-length').fill('20')
  await lab.get('write').click()
  for (const run of runs) await expect(lab.get(`sample-${run}`)).toContainText(/\p{Script=Han}{3}/u)
  await lab.get('prompt').fill('abc')
  await lab.get('write').click()
  await expect(lab.get('error').first()).toBeVisible()
  await lab.tab('inspect')
  await expect(lab.get('staff-lstm-f')).toBeVisible()
  expect(lab.complaints).toEqual([])
})

test('a real CSV: the forecast is drawn over the series, beside repeating the last value', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('file-input').setInputFiles(vega('co2-concentration.csv'))
  await expect(lab.get('preview')).toContainText('CO2')
  await lab.get('field-window').fill('12')
  await lab.get('field-steps').fill('150')
  await lab.get('setup-start').click()
  await lab.finished(runs, 120_000)
  await lab.tab('answers')
  for (const run of runs) await expect(lab.get(`forecast-${run}`)).toBeVisible()
  await expect(lab.get('scores').locator('tbody tr')).toHaveCount(4)
  await lab.tab('export')
  const { bytes } = await lab.download('export-lstm-model')
  expect(bytes.length).toBeGreaterThan(1000)
  expect(lab.complaints).toEqual([])
})

test('files that cannot be used say why, in place, and change nothing', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  const offer = (name: string, content: string | Buffer) =>
    lab.get('file-input').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content as string) })
  await offer('empty.txt', '')
  await expect(lab.get('error')).toContainText('empty.txt')
  await offer('binary.txt', Buffer.from([1, 0, 2, 0]))
  await expect(lab.get('error')).toContainText('binary.txt')
  await offer('ragged.csv', 'a,b\n1,2\n3\n')
  await expect(lab.get('error')).toContainText('ragged.csv')
  await expect(lab.get('error')).toContainText('3')
  await expect(lab.get('dataset')).toHaveCount(0)

  // Markup in a name is text.
  await offer(
    '<img src=x onerror=alert(1)>.txt',
    readFileSync(new URL(import.meta.url))
      .toString()
      .repeat(3),
  )
  await expect(lab.get('preview')).toBeVisible()
  await lab.page.goto(served.address)
  await expect(lab.get('dataset')).toContainText('<img src=x')
  expect(lab.complaints).toEqual([])
})

test('experiments are renamed, deleted and brought back; the language is one click away', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('setup-adding').click()
  await lab.get('field-learningRate').fill('0')
  await expect(lab.get('setup-start')).toBeDisabled()
  await lab.get('faults').click()
  await expect(lab.get('field-learningRate')).toBeFocused()
  await lab.get('field-learningRate').fill('0.01')
  await lab.get('field-length').fill('8')
  await lab.get('field-steps').fill('5')
  await lab.get('setup-start').click()
  await lab.finished(runs, 60_000)
  await page.goto(served.address)
  await lab.get('rename').click()
  await lab.get('rename-input').fill('雪 <b>snow</b>')
  await page.keyboard.press('Enter')
  await expect(lab.get('experiment-name')).toHaveText('雪 <b>snow</b>')
  await lab.get('delete').click()
  await expect(lab.get('experiment')).toHaveCount(0)
  await lab.get('undo').click()
  await expect(lab.get('experiment-name')).toHaveText('雪 <b>snow</b>')
  await lab.get('language').click()
  await expect(page.locator('html')).toHaveAttribute('lang', /^zh/)
  await expect(lab.get('primary-start')).toContainText(/\p{Script=Han}/u)
  expect(lab.complaints).toEqual([])
})
