import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { makeWheel } from '../../main/lab/packs/make-wheel.ts'
import { engines as cached, ensurePack, installTime, linkPack, missing } from '../engines/pack.ts'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

const cpu = 'tensorflow-cpu'
/** A wheel of TensorFlow for another Python than the one that is fetched, and its libraries. */
const wheelName = `tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.whl`
const libraries = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2']
let folder: string
let served: ServedLab | undefined
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-e2e-engines-'))
})
test.afterEach(async () => {
  await served?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const address = () => served?.address ?? ''

async function open(page: Page, engines: string): Promise<LabPage> {
  served = await ServedLab.start(newWorkspace(), { UNROLL_ENGINES: engines })
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('engine').click()
  await lab.get(`engine-${cpu}`).click()
  return lab
}
const left = (engines: string) => readdirSync(engines).filter((name) => name !== 'lock.sqlite')

test('an engine is installed from files: refused, failed and cancelled in words, seen by two pages, nothing left', async ({
  page,
  context,
}) => {
  test.skip(process.platform !== 'linux', 'there are no wheels for this platform')
  const engines = join(folder, 'engines')
  const lab = await open(page, engines)
  const install = async (path: string) => {
    await lab.get('wheel-paths').fill(path)
    await lab.get('install-files').click()
  }

  await test.step('a path that is no wheel is refused beside the field', async () => {
    await lab.get('from-files').click()
    await expect(lab.get('wheel-paths')).toBeFocused()
    await install(join(folder, 'notes.txt'))
    await expect(lab.get('engine-error')).toContainText('notes.txt is no wheel')
    await expect(lab.get('wheel-paths')).toHaveAttribute('aria-invalid', 'true')
  })

  await test.step('a file that is damaged fails, in both languages, also after a reload', async () => {
    const path = join(folder, wheelName)
    writeFileSync(path, 'this is no wheel')
    await install(path)
    await expect(lab.get('outcome')).toHaveAttribute('data-end', 'failed')
    await expect(lab.get('outcome')).toContainText('TensorFlow CPU could not be installed.')
    await expect(lab.get('outcome')).toContainText(path)
    await lab.get('language').click()
    await expect(lab.get('outcome')).toContainText('TensorFlow CPU 没有装上。')
    await expect(lab.get('outcome')).toContainText(`${path}：不是完好的 wheel 文件。`)
    await expect(lab.get('wheel-paths')).toHaveValue(path)
    await page.reload()
    await expect(lab.get('outcome')).toContainText('TensorFlow CPU 没有装上。')
    await lab.get('language').click()
    await lab.get('dismiss').click()
    await expect(lab.get('outcome')).toBeHidden()
  })

  await test.step('an installation is seen by every page, survives a reload, and is cancelled without a trace', async () => {
    // Large enough to be met half-way.
    const large = new Uint8Array(400 << 20)
    const path = makeWheel(join(folder, wheelName), Object.fromEntries(libraries.map((name) => [name, large])))
    const other = new LabPage(await context.newPage())
    await other.open(address())
    await lab.get('from-files').click()
    await install(path)
    await expect(lab.get('work')).toHaveAttribute('data-stage', 'unpack')
    await expect(lab.get('work').getByRole('progressbar')).toHaveAttribute('aria-valuenow', /^[1-9]\d?$/)
    await expect(lab.get('work')).toContainText(/\d MB\/s, about \d+ s left/)
    await expect(other.get('engine')).toContainText('TensorFlow CPU: installing')
    await page.reload()
    await expect(lab.get('cancel')).toBeVisible()
    expect(left(engines).some((name) => name.startsWith('.staging'))).toBe(true)
    await lab.get('cancel').click()
    await expect(lab.get('outcome')).toHaveAttribute('data-end', 'cancelled')
    await expect(other.get('engine')).not.toContainText('installing')
    expect(left(engines)).toEqual([])
    await expect(lab.get(`engine-${cpu}`)).toHaveAttribute('data-state', 'not-installed')
  })
  expect(lab.complaints).toEqual([])
})

test('an installed engine is checked, trained on and removed on the page', async ({ page }) => {
  test.skip(missing !== undefined, missing ?? '')
  test.setTimeout(installTime)
  const own = process.env.UNROLL_ENGINES
  await ensurePack()
  const engines = mkdtempSync(join(cached, '..', 'page-'))
  try {
    await linkPack(engines)
    const lab = await open(page, engines)

    await test.step('its numbers are held to PyTorch’s anew', async () => {
      await expect(lab.get(`engine-${cpu}`)).toHaveAttribute('data-state', 'ready')
      await lab.get('verify').click()
      await expect(lab.get('work')).toBeVisible()
      await expect(lab.get('outcome')).toHaveAttribute('data-end', 'done', { timeout: 120_000 })
      await expect(lab.get(`self-test-${cpu}`)).toContainText(/✓ [\d.]+·10⁻[⁵⁶⁷⁸⁹] 1·10⁻⁴/)
      await expect(lab.get('self-test-wasm')).toContainText('not run')
    })

    await test.step('a run that asks for it trains on it and says so; it is not removed meanwhile', async () => {
      await page.goto(`${address().split('#')[0]}#/new?task=adding`)
      await lab.get('field-length').fill('10')
      await lab.get('field-steps').fill('100000')
      await lab.get('more-training').click()
      await lab.get('field-engine').selectOption(cpu)
      await expect(lab.get('more-training-summary')).toContainText('on TensorFlow CPU')
      await lab.get('setup-start').click()
      await lab.trainedTo(5, 60_000)
      await expect(lab.get('trained-on')).toHaveText('on TensorFlow CPU')
      await lab.get('trained-on').click()
      await expect(lab.get('engine-experiments')).toContainText('asked for')
      await lab.get('remove').click()
      await lab.get('remove-now').click()
      await expect(lab.get('engine-error')).toContainText('is training on tensorflow-cpu. Stop it')
      await lab.get('engine-experiments').getByRole('link').click()
      await lab.get('play').click()
    })

    await test.step('what auto takes is told with its measurement', async () => {
      await page.goto(`${address().split('#')[0]}#/new?task=adding`)
      await lab.get('field-length').fill('10')
      await lab.get('field-steps').fill('5')
      await lab.get('setup-start').click()
      await lab.finished(['rnn', 'lstm'], 60_000)
      await lab.get('trained-on').click()
      await expect(lab.get('auto')).toContainText(
        /LSTM, T = 10, 32 units, batch 32.*(WebAssembly|TensorFlow CPU) [\d.]+ ms/s,
      )
    })

    await test.step('it is removed, all of it, after its consequences were told', async () => {
      await lab.get(`engine-${cpu}`).click()
      await lab.get('remove').click()
      await expect(lab.get('remove-dialog')).toContainText('go on with another engine')
      await page.keyboard.press('Escape')
      await expect(lab.get('remove-dialog')).toBeHidden()
      await lab.get('remove').click()
      await lab.get('remove-now').click()
      await expect(lab.get(`engine-${cpu}`)).toHaveAttribute('data-state', 'not-installed')
      expect(left(engines).filter((name) => name.startsWith(cpu))).toEqual([])
    })
    expect(lab.complaints).toEqual([])
  } finally {
    // The labs of other tests have none.
    if (own === undefined) delete process.env.UNROLL_ENGINES
    else process.env.UNROLL_ENGINES = own
    rmSync(engines, { recursive: true })
  }
})
