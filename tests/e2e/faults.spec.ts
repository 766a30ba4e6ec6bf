import { readdirSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { isAlive, newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

test('a killed engine, a closed page and a killed lab lose at most a few seconds of training', async ({
  page,
  context,
}) => {
  test.skip(process.platform !== 'linux', 'child processes are found through /proc')
  const workspace = newWorkspace()
  let served = await ServedLab.start(workspace)
  const lab = new LabPage(page)
  await lab.open(served.address)
  // Longer than anything that is done to it takes.
  await lab.get('setup-adding').click()
  await lab.get('field-steps').fill('100000')
  await lab.get('setup-start').click()
  await lab.trainedTo(30, 60_000)

  await test.step('the engine is killed: said in place, continued from the last checkpoint', async () => {
    for (const pid of served.engines()) process.kill(pid, 'SIGKILL')
    await expect(lab.get('interrupted')).toBeVisible()
    const kept = await lab.step()
    await lab.get('interrupted').getByRole('button').click()
    await lab.trainedTo(kept + 20, 60_000)
    await expect(lab.get('interrupted')).toBeHidden()
  })

  await test.step('the page is closed: training goes on', async () => {
    const before = await lab.step()
    const address = page.url()
    await page.close()
    const again = new LabPage(await context.newPage())
    await again.page.waitForTimeout(3000)
    await again.open(served.address)
    await again.page.goto(address)
    await expect.poll(() => again.step(), { timeout: 20_000 }).toBeGreaterThan(before + 10)
    await again.page.close()
  })

  await test.step('the lab is killed: no engine is left, and everything is found again', async () => {
    const engines = served.engines()
    expect(engines.length).toBeGreaterThan(0)
    await served.kill()
    await expect.poll(() => engines.filter(isAlive)).toEqual([])
    served = await ServedLab.start(workspace)
    const again = new LabPage(await context.newPage())
    await again.open(served.address)
    await again.get('experiment-name').first().click()
    await expect(again.get('state-lstm')).toHaveAttribute('data-state', 'interrupted')
    const kept = await again.step()
    expect(kept).toBeGreaterThan(30)
    await again.get('interrupted').getByRole('button').click()
    await again.trainedTo(kept + 10, 60_000)
  })

  const engines = served.engines()
  expect(await served.stop()).toBe(130)
  await expect.poll(() => engines.filter(isAlive)).toEqual([])
  expect(readdirSync(workspace).filter((name) => name.endsWith('.tmp'))).toEqual([])
})

test('a page without the token, or with a wrong one, gets nothing but the way to the right address', async ({
  page,
}) => {
  const served = await ServedLab.start(newWorkspace())
  await page.goto(served.address.split('#')[0] as string)
  await expect(page.getByTestId('no-lab')).toBeVisible()
  await served.stop()
})
