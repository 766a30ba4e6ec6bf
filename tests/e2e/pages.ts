import { expect, type Locator, type Page } from '@playwright/test'

/** What a person sees and does, by page. Tests speak of these, not of selectors. */
export class LabPage {
  readonly page: Page
  /** Everything that the browser refused or reported as an error. */
  readonly complaints: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
  }

  get(id: string): Locator {
    return this.page.getByTestId(id)
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address)
    await expect(this.get('primary-start')).toBeVisible()
  }

  async tab(name: 'train' | 'answers' | 'inspect' | 'export'): Promise<void> {
    await this.get(`tab-${name}`).click()
  }

  /** Updates made, as the transport shows them. */
  async step(): Promise<number> {
    return Number(((await this.get('step').textContent()) ?? '').replace(/\D/g, ''))
  }

  async trainedTo(step: number, timeout: number): Promise<void> {
    await expect.poll(() => this.step(), { timeout, intervals: [500] }).toBeGreaterThanOrEqual(step)
  }

  async finished(runs: readonly string[], timeout: number): Promise<void> {
    for (const run of runs) await expect(this.get(`state-${run}`)).toHaveAttribute('data-state', 'done', { timeout })
  }

  /** What clicking a button downloads: its name and bytes. */
  async download(id: string): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.get(id).click()])
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) }
  }

  /** Records main-thread tasks over 50 ms from now on. */
  async watchLongTasks(): Promise<() => Promise<number[]>> {
    await this.page.evaluate(() => {
      const found: number[] = []
      Object.assign(globalThis, { longTasks: found })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) found.push(entry.duration)
      }).observe({ type: 'longtask' })
    })
    return () => this.page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks)
  }
}
