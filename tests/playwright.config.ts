import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Set by build/test.mjs, which finds the browser; `npx playwright test` alone uses Playwright's own. */
const executablePath = process.env.UNROLL_BROWSER || undefined
const isRoot = process.getuid?.() === 0

/** End to end: the real page in a real Chromium, against the real lab. */
export default defineConfig({
  outputDir: `${root}test-results`,
  preserveOutput: 'failures-only',
  // Trainings share the machine's cores: one after the other, so that measured times mean something.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 180_000,
  expect: {
    timeout: 20_000,
    // On one machine pictures are the same to the bit. Between machines and versions of the browser edges of letters
    // may be a shade lighter, and last digits others: no more may differ than a third of the smallest button.
    toHaveScreenshot: { stylePath: `${root}tests/e2e/pictures.css`, threshold: 0.1, maxDiffPixelRatio: 0.001 },
  },
  snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
  updateSnapshots: process.env.UNROLL_PICTURE ? 'all' : 'none',
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    actionTimeout: 15_000,
    colorScheme: 'light',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
  },
  projects: [
    {
      name: 'e2e',
      testDir: `${root}tests/e2e`,
      use: {
        browserName: 'chromium',
        launchOptions: {
          executablePath,
          args: [
            // Chromium refuses to sandbox for root, as in most containers.
            ...(isRoot ? ['--no-sandbox'] : []),
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--no-first-run',
          ],
        },
      },
    },
    { name: 'electron', testDir: `${root}tests/electron` },
  ],
})
