import { expect, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

test('the lab measures its own numbers and shows them, check by check', async ({ page }) => {
  const served = await ServedLab.start(newWorkspace())
  try {
    const lab = new LabPage(page)
    await lab.open(served.address)
    await lab.get('faithfulness-link').click()
    await lab.get('run-checks').click()
    // The quick ones are enough here; the unit tests run all of them.
    for (const id of ['goldens', 'finite-differences', 'paths', 'padding', 'batch-order']) {
      await expect(lab.get(`check-${id}`)).toContainText('✓ within', { timeout: 90_000 })
    }
    await expect(lab.get('check-goldens').getByRole('row', { name: /gru-original/ })).toContainText(/e-\d/)
    expect(lab.complaints).toEqual([])
  } finally {
    await served.stop()
  }
})
