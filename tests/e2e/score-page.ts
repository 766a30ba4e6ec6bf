import { expect } from '@playwright/test'
import { LabPage } from './pages.ts'

const powers = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A number as the page writes it: −0.25, 3.1·10⁻⁵, 1 200. */
export function numberIn(text: string): number {
  const plain = text
    .replace(
      /·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/,
      (_, power: string) => `e${[...power].map((c) => (c === '⁻' ? '-' : powers.indexOf(c))).join('')}`,
    )
    .replace('−', '-')
    .replace(/[\s\u202f]/g, '')
  const found = /-?\d+(\.\d+)?(e-?\d+)?/.exec(plain)
  return found ? Number(found[0]) : Number.NaN
}

/** The inspector: what a person reads there, and does. Time steps count from 1, as on the screen. */
export class ScorePage extends LabPage {
  async inspect(): Promise<void> {
    await this.tab('inspect')
    await expect(this.get('score-grid')).toBeVisible()
  }

  async number(id: string): Promise<number> {
    return numberIn((await this.get(id).first().textContent()) ?? '')
  }

  /** The page's number is `value` as far as it is written: to half of its last digit, and a thousandth of itself. */
  async agrees(id: string, value: number): Promise<void> {
    await expect
      .poll(
        async () => {
          const text = (await this.get(id).first().textContent()) ?? ''
          const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0
          const exponent = text.includes('·10') ? Math.floor(Math.log10(Math.abs(value))) : 0
          const allowed = 0.51 * 10 ** (exponent - decimals) + 1e-3 * Math.abs(value)
          return Math.abs(numberIn(text) - value) <= allowed ? 'agrees' : `${text} is not ${value}`
        },
        { message: id },
      )
      .toBe('agrees')
  }

  async showExample(number: number): Promise<void> {
    await this.get('example-number').fill(String(number))
    await this.page.keyboard.press('Enter')
    await this.settled()
  }

  /** Leaves whatever field has focus, so that keys go to the Score. */
  async focusScore(): Promise<void> {
    await this.get('score-grid').focus()
  }

  async cursorTo(step: number): Promise<void> {
    await this.focusScore()
    await this.page.keyboard.press('Home')
    for (let t = 1; t < step; t += 1) await this.page.keyboard.press('ArrowRight')
    await expect(this.page.getByText(`t = ${step}`, { exact: true })).toBeVisible()
  }

  /** Shows a run in the panel, by its name there. */
  async panelOf(run: string): Promise<void> {
    await this.page.getByRole('complementary').getByRole('button', { name: run, exact: true }).click()
  }

  /** The unit that the panel shows, from 0. */
  async unit(): Promise<number> {
    return (await this.number('unit')) - 1
  }

  /** Chooses language and theme: `zh-dark`. */
  async look(wanted: `${'en' | 'zh'}-${'light' | 'dark'}`): Promise<void> {
    const [language, theme] = wanted.split('-')
    const html = this.page.locator('html')
    if ((await html.getAttribute('lang'))?.slice(0, 2) !== language) await this.get('language').click()
    if ((await html.getAttribute('data-theme')) !== theme) await this.get('theme').click()
    await this.page.mouse.move(0, 0)
  }

  /** The lab has answered the last question. */
  async settled(): Promise<void> {
    await expect(this.page.locator('main.inspect')).toHaveAttribute('aria-busy', 'false')
  }
}
