import { expect, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

let served: ServedLab
test.beforeEach(async () => {
  served = await ServedLab.start(newWorkspace())
})
test.afterEach(async () => {
  await served.stop()
})

test('every task that draws its own data trains, and shows its answers and an example, without a complaint', async ({
  page,
}) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('setup-adding').click()
  const tasks = await page
    .locator('[data-testid^="task-"]')
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('data-testid') ?? ''))
  const own = tasks.filter((id) => !['task-text', 'task-csv', 'task-tokens', 'task-numbers'].includes(id))
  expect(own.length).toBeGreaterThanOrEqual(13)
  for (const task of own) {
    await test.step(task, async () => {
      await lab.get(task).click()
      await lab.get('field-steps').fill('3')
      await lab.get('setup-start').click()
      await lab.finished(['rnn'], 60_000)
      // What stands under a name that i18n lacks would be its id.
      await expect(lab.get('chart-metric')).toBeVisible()
      await lab.tab('answers')
      await expect(lab.get('score-rnn')).toBeVisible()
      await lab.tab('inspect')
      await expect(lab.get('staff-rnn-h')).toBeVisible()
      expect(lab.complaints).toEqual([])
      await page.goto('about:blank')
      await lab.open(served.address)
      await lab.get('setup-adding').click()
    })
  }
})

test('a start that is refused leaves no experiment behind, and asking again makes one', async ({ page }) => {
  const lab = new LabPage(page)
  let isRefused = false
  await page.routeWebSocket(/\/lab$/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => {
      const bytes = Buffer.from(frame)
      const at = bytes.indexOf('training.play')
      // The first time it asks for what there is not.
      if (!isRefused && at >= 0) isRefused = bytes.write('training.plan', at) > 0
      server.send(typeof frame === 'string' ? bytes.toString() : bytes)
    })
  })
  await lab.open(served.address)
  await lab.get('setup-adding').click()
  await lab.get('field-length').fill('6')
  await lab.get('field-steps').fill('4')
  await lab.get('setup-start').click()
  await expect(page.getByRole('alert')).toBeVisible()
  expect(isRefused).toBe(true)
  await lab.get('setup-start').click()
  await lab.finished(['rnn'], 60_000)
  await page.goto(served.address)
  await expect(lab.get('experiment')).toHaveCount(1)
})

test('settings one click deeper are told in a line, refused where they are wrong, and come back', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('setup-adding').click()
  await lab.get('field-length').fill('6')
  await lab.get('field-steps').fill('4')
  await lab.get('more-model').click()
  // The LSTM, as many parameters as the RNN, with weights of each step's own.
  await lab.get('field-size').last().selectOption({ index: 1 })
  await expect(lab.get('matched')).toContainText('RNN')
  await lab.get('field-perStep').last().check()
  await expect(lab.get('per-step-note')).toBeVisible()
  await lab.get('more-training').click()
  await lab.get('field-optimizer').selectOption('momentum')
  await lab.get('field-momentum').fill('1')
  await expect(lab.get('setup-start')).toBeDisabled()
  await lab.get('language').click()
  await expect(page.getByText('请填不小于 0、小于 1 的数。')).toBeVisible()
  await lab.get('language').click()
  await lab.get('field-momentum').fill('0.5')
  await lab.get('field-nesterov').check()
  await lab.get('field-schedule').selectOption('exponential')
  await lab.get('field-warmup').check()
  await lab.get('field-clipValue').fill('0.5')
  const told =
    'Momentum, Momentum 0.5, Nesterov · falls exponentially · warm-up over 100 steps · entries clipped at 0.5'
  await expect(lab.get('more-training-summary')).toHaveText(told)
  await lab.get('setup-start').click()
  await lab.finished(['rnn', 'lstm'], 60_000)
  await expect(page.getByText('weights of each step’s own').first()).toBeVisible()

  await page.goto(served.address)
  await lab.get('like').click()
  await expect(lab.get('more-training-summary')).toHaveText(told)
  await expect(lab.get('matched')).toBeVisible()
  await lab.get('more-training').click()
  await lab.get('field-optimizer').selectOption('sgd')
  await lab.get('setup-start').click()
  await lab.finished(['rnn', 'lstm'], 60_000)
  expect(lab.complaints).toEqual([])
})

test('a run that needs much memory says how much, and waits until it is told to start', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('setup-adding').click()
  await lab.get('field-length').fill('2000')
  await lab.get('field-hiddenSize').last().fill('300')
  await lab.get('setup-start').click()
  await expect(lab.get('before')).toContainText(/1\.\d GB/)
  await expect(lab.get('facts-lstm')).toContainText(/1\.\d GB/)
  await expect(lab.get('state-lstm')).toHaveAttribute('data-state', 'ready')
  if (process.env.UNROLL_SHOT) await page.screenshot({ path: process.env.UNROLL_SHOT })
  await lab.get('before').getByRole('button').click()
  await expect(lab.get('before')).toBeHidden()
  await expect(lab.get('state-lstm')).toHaveAttribute('data-state', 'training')
})
