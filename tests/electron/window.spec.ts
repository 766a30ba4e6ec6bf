import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test'
import { electronProgram, noWindowBecause } from '../../build/electron.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = electronProgram(process.platform, process.env)
const noWindow = noWindowBecause({ platform: process.platform, env: process.env, uid: process.getuid?.() })

test.skip(!existsSync(program), "Electron's binary is not there")
test.skip(noWindow !== undefined, noWindow ?? '')

let workspace = ''
let app: ElectronApplication
let page: Page

test.beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'unroll-electron-'))
  app = await _electron.launch({ executablePath: program, args: [root, `--workspace=${workspace}`] })
  page = await app.firstWindow()
})
test.afterEach(async () => {
  await app.close()
  await rm(workspace, { recursive: true, force: true })
})

test('the window shows the lab, from its own scheme, with nothing of Node in it', async () => {
  expect(page.url()).toMatch(/^app:\/\/unroll\//)
  await expect(page.getByRole('main')).toBeVisible()
  const powers = await page.evaluate(() => ({
    require: typeof Reflect.get(globalThis, 'require'),
    process: typeof Reflect.get(globalThis, 'process'),
    wire: Object.keys(Reflect.get(globalThis, 'unrollWire')).sort(),
  }))
  expect(powers).toEqual({ require: 'undefined', process: 'undefined', wire: ['receive', 'send'] })
})

test('the window stays on the page: no navigation, no second window, no permission, nothing from outside', async () => {
  const before = page.url()
  await page.evaluate(() => location.assign('https://example.org/'))
  await page.evaluate(() => location.assign('file:///'))
  expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true)
  expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied')
  expect(
    await page.evaluate(() =>
      fetch('https://example.org/').then(
        () => 'loaded',
        () => 'refused',
      ),
    ),
  ).toBe('refused')
  expect(await page.evaluate(() => fetch('app://unroll/%2e%2e/main/electron.js').then(({ status }) => status))).toBe(
    404,
  )
  expect(app.windows()).toHaveLength(1)
  expect(page.url()).toBe(before)
})
