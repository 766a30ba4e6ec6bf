import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { newWorkspace, ServedLab } from './lab.ts'
import { LabPage } from './pages.ts'

const vega = (file: string) => fileURLToPath(new URL(`../../node_modules/vega-datasets/data/${file}`, import.meta.url))
const runs = ['rnn', 'lstm']

let served: ServedLab
let workspace: string
test.beforeEach(async () => {
  workspace = newWorkspace()
  served = await ServedLab.start(workspace)
})
test.afterEach(async () => {
  await served.stop()
})

test('ten sentences written by hand: repaired, split, trained on, and found again after a crash', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('new-data').click()
  await lab.get('set-name').fill('Ten <b>sentences</b>')
  await lab.get('set-create').click()
  // A training on nothing is warned of before it is asked for, with the way back.
  await lab.get('data-train').click()
  await expect(lab.get('set-parts')).toContainText('Train, Validation, Test')
  await lab.get('field-steps').fill('20')
  await lab.get('field-seed').fill('3')
  await lab.get('set-parts').getByRole('link').click()
  const sentences = [
    'the cat',
    'the cats',
    'a dog',
    'the dogs',
    'one fox',
    'two foxes',
    'the bird',
    'the birds',
    'a tree',
    'the cat',
  ]
  for (const [k, sentence] of sentences.entries()) {
    await lab.get('new-inputs').fill(sentence)
    await lab.get('new-target').fill(sentence.endsWith('s') ? 'were' : 'was')
    await lab.get('new-add').click()
    await expect(lab.get('data-facts')).toContainText(`${k + 1} token`)
  }
  // The tenth repeats the first.
  await lab.get('problem-repeated').getByTestId('fix-remove').click()
  await expect(lab.get('problems')).toHaveCount(0)
  await lab.get('fix-vocabulary').click()
  await expect(lab.get('fix-vocabulary')).toContainText('any')
  // By keyboard: row 2, second token, mistyped.
  await lab.get('grid').focus()
  await page.keyboard.press('Control+Home')
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight'])
    await page.keyboard.press(key)
  await page.keyboard.type('ctas')
  await page.keyboard.press('Enter')
  await expect(lab.get('problem-unknown-token')).toContainText('ctas')
  await lab.get('problem-unknown-token').getByTestId('fix-replace').first().click()
  await expect(lab.get('problems')).toHaveCount(0)
  await page.keyboard.press('Control+z')
  await expect(lab.get('problem-unknown-token')).toBeVisible()
  await lab.get('data-redo').click()
  await expect(lab.get('problems')).toHaveCount(0)
  // A cell that is opened is replaced by what is typed; Delete empties it, and an undo brings it back.
  const cell = lab.get('grid').getByRole('row').nth(3).getByRole('gridcell').nth(4)
  await cell.dblclick()
  await page.keyboard.type('fox')
  await page.keyboard.press('Enter')
  await expect(cell).toHaveText('fox')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Delete')
  await expect(cell).toHaveText('')
  await page.keyboard.press('Control+z')
  await expect(cell).toHaveText('fox')
  await page.keyboard.press('Control+z')
  await expect(cell).toHaveText('dog')
  // What would be replaced is counted before it is.
  await lab.get('data-replace').click()
  await lab.get('replace-find').fill('was')
  await expect(lab.get('replace-found')).toHaveText('Found: 0 in inputs, 5 in answer.')
  await expect(lab.get('replace-go')).toBeDisabled()
  await lab.get('data-replace').click()
  await lab.get('split-validation').fill('20')
  await lab.get('split-test').fill('20')
  await lab.get('split-go').click()
  await expect(lab.get('split-bar')).toHaveAttribute('aria-label', /5, .*2, .*2/)

  await lab.get('data-train').click()
  await expect(lab.get('preview')).toContainText('the cat')
  // What was filled in before the rows were there is found again.
  await expect(lab.get('field-steps')).toHaveValue('20')
  await expect(lab.get('field-seed')).toHaveValue('3')
  await lab.get('setup-start').click()
  await lab.finished(runs, 60_000)
  await expect(page.getByText('of only 2 validation examples')).toBeVisible()
  await lab.tab('answers')
  await expect(lab.get('classes-lstm')).toBeVisible()
  await expect(lab.get('interval-lstm')).toContainText('only 2 examples')

  await served.kill()
  served = await ServedLab.start(workspace)
  await page.goto(served.address)
  await expect(lab.get('dataset')).toContainText('Ten <b>sentences</b>')
  await lab.get('edit-data').click()
  await expect(lab.get('data-facts')).toContainText('9 token')
  await lab.get('data-undo').click()
  await expect(lab.get('split-bar')).toHaveAttribute('aria-label', /9, .*0, .*0/)
  const { name, bytes } = await lab.download('export-npz')
  await page.goto(served.address)
  await lab.get('file-input').setInputFiles({ name, mimeType: 'application/zip', buffer: bytes })
  await expect(lab.get('preview')).toContainText('the cat')
  expect(lab.complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([])
})

test('a Chinese text: its lines are sequences of characters, trained to be continued', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  const lines = Array.from(
    { length: 40 },
    (_, k) => `他吃了${k % 2 ? '辣椒' : '冰糖'}，说味道真${k % 2 ? '辣' : '甜'}${'。'.repeat(1 + (k % 5))}`,
  )
  // A file that is refused is not the end.
  await lab.get('import-file').setInputFiles({ name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) })
  await expect(lab.get('error')).toContainText('empty.txt is empty')
  await expect(lab.get('import-cancel')).toBeVisible()
  await lab
    .get('import-choose')
    .setInputFiles({ name: '味道.txt', mimeType: 'text/plain', buffer: Buffer.from(`${lines.join('\n')}\n`) })
  await expect(lab.get('import-reasons')).toContainText('Chinese')
  await expect(lab.get('import-rows')).toContainText('他 吃 了 冰 糖')
  await lab.get('import-tokenizer').selectOption('words')
  await expect(lab.get('import-rows')).toContainText('冰糖')
  await lab.get('import-tokenizer').selectOption('characters')
  await expect(lab.get('import-rows')).toContainText('他 吃 了 冰 糖')
  await lab.get('import-go').click()
  await expect(lab.get('data-facts')).toContainText('40 token')
  await expect(lab.get('grid')).toContainText('辣')
  await lab.get('data-train').click()
  await lab.get('field-steps').fill('20')
  await lab.get('setup-start').click()
  await lab.finished(runs, 60_000)
  await lab.tab('answers')
  await expect(lab.get('series-lstm')).toBeVisible()
  expect(lab.complaints).toEqual([])
})

test('a real table in long layout becomes windows, and a wrong choice says why in place', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  // Refused as one series, it is offered to be looked at as sequences.
  const gaps = Buffer.from(`day,x\n${Array.from({ length: 40 }, (_, k) => `${k},${k === 7 ? '' : k}\n`).join('')}`)
  await lab.get('file-input').setInputFiles({ name: 'gaps.csv', mimeType: 'text/csv', buffer: gaps })
  await lab.get('import-instead').click()
  await expect(lab.get('import-reasons')).toContainText('one series')
  await page.goto(served.address)
  await lab.get('import-file').setInputFiles(vega('stocks.csv'))
  await expect(lab.get('role-symbol')).toHaveValue('group')
  await lab.get('role-symbol').selectOption('input')
  await expect(lab.get('error')).toContainText('MSFT')
  await lab.get('role-symbol').selectOption('group')
  await expect(lab.get('error')).toHaveCount(0)
  await lab.get('import-size').fill('12')
  await lab.get('import-size').blur()
  // Windows of one series overlap: they are split by time. The shares are the import's own.
  await expect(lab.get('import-split-by')).toHaveValue('time')
  await expect(lab.get('import-leaks')).toHaveCount(0)
  await lab.get('import-split-by').selectOption('random')
  await expect(lab.get('import-leaks')).toContainText('overlap')
  await lab.get('import-split-by').selectOption('time')
  await lab.get('split-test').fill('95')
  await lab.get('split-test').blur()
  await expect(lab.get('split-test')).toHaveValue('90')
  await expect(lab.get('error')).toBeVisible()
  await lab.get('split-test').fill('20')
  await lab.get('split-test').blur()
  await expect(lab.get('split-bar')).toHaveAttribute('aria-label', /70 %.*10 %.*20 %/)
  await expect(lab.get('error')).toHaveCount(0)
  await lab.get('import-go').click()
  // Five companies, four of 123 months and one of 68, in windows of 12 answered one month later.
  await expect(lab.get('data-facts')).toContainText(String(4 * 111 + 56))
  await expect(lab.get('split-bar')).toHaveAttribute('aria-label', /350.*50.*100/)
  await lab.get('data-train').click()
  await lab.get('field-steps').fill('20')
  await lab.get('setup-start').click()
  await lab.finished(runs, 60_000)
  await lab.tab('answers')
  await expect(lab.get('scores')).toBeVisible()
  expect(lab.complaints).toEqual([])
})

test('a set that is drawn stays live until it is frozen, and every version can be looked at and restored', async ({
  page,
}) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('generate-data').click()
  await lab.get('generate-rows').fill('200')
  await lab.get('generate-go').click()
  await expect(lab.get('data-facts')).toContainText('200 token')
  await expect(lab.get('live')).toBeVisible()
  const grid = lab.get('grid')
  const first = grid.getByRole('row').nth(1)
  await expect(first).toContainText('wa')
  const before = (await first.textContent()) ?? ''
  // By keyboard: a seed, and the rows follow; typing into the grid is refused with the way out.
  await lab.get('generator').getByTestId('field-seed').fill('6')
  await page.keyboard.press('Enter')
  await expect(first).not.toHaveText(before)
  await page.keyboard.press('Control+z')
  await expect(first).toHaveText(before)
  await expect(lab.get('generator').getByTestId('field-seed')).toHaveValue('5')
  // Rows by how far the clue is, by keyboard: those of one distance are all there is.
  await lab.get('tag-from').fill('3')
  await lab.get('tag-from').press('Enter')
  await lab.get('tag-to').fill('3')
  await lab.get('tag-to').press('Enter')
  await expect(lab.get('tag-chosen')).toContainText('distance 3')
  await expect(grid).not.toHaveAttribute('aria-rowcount', '201')
  await lab.get('tag-chosen').click()
  await expect(grid).toHaveAttribute('aria-rowcount', '201')
  await grid.focus()
  await page.keyboard.type('x')
  await expect(lab.get('error')).toContainText('Freeze')
  await lab.get('data-train').click()
  await lab.get('field-steps').fill('10')
  await lab.get('setup-start').click()
  await lab.finished(runs, 60_000)
  // What is answered wrongly is listed, by class too, and looked into, by keyboard.
  await lab.tab('answers')
  await lab.get('wrong-of-lstm').press('Enter')
  await expect(lab.get('wrong-row').first()).toContainText(/wa|we/)
  await lab.get('classes-lstm').getByTestId('confused').first().press('Enter')
  await expect(lab.get('wrong-filter')).toContainText('answered with')
  const wrong = lab.get('wrong-row').first()
  const number = ((await wrong.getByRole('link').textContent()) ?? '').trim()
  await expect(wrong).toContainText(/0\.\d\d/)
  await wrong.getByRole('link').press('Enter')
  await expect(lab.get('example-number')).toHaveValue(number)
  await expect(page.getByText('wrong', { exact: true }).first()).toBeVisible()

  await page.goto(served.address)
  await lab.get('edit-data').click()
  await expect(lab.get('data-version')).toHaveText('as in version 1')
  await expect(lab.get('version-1')).toContainText('200')
  await expect(lab.get('version-1').getByRole('link', { name: /rnn/i })).toBeVisible()
  await lab.get('freeze').click()
  await expect(lab.get('live')).toHaveCount(0)
  // A token is picked from what begins alike, by keyboard.
  await grid.focus()
  await page.keyboard.press('Control+Home')
  for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowRight')
  await page.keyboard.type('wer')
  await expect(lab.get('cell-input')).toHaveAttribute('aria-expanded', 'true')
  await page.keyboard.press('Escape')
  await expect(lab.get('cell-input')).toHaveCount(0)
  await page.keyboard.type('d')
  await page.keyboard.press('ArrowDown')
  const chosen = lab.get('cell-input').locator('..').getByRole('option', { selected: true }).locator('b')
  const token = (await chosen.textContent()) ?? ''
  expect(token).toMatch(/^d/)
  await page.keyboard.press('Enter')
  await expect(grid.getByRole('row').nth(1).getByRole('gridcell').nth(3)).toHaveText(token)
  await page.keyboard.press('Control+z')
  await expect(first).toHaveText(before)
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+Delete')
  await expect(lab.get('data-facts')).toContainText('199 token')
  await expect(lab.get('data-version')).toHaveText('version 2 once trained on')
  await lab.get('version-1').getByTestId('version-open').click()
  await expect(lab.get('fixed')).toContainText('Version 1')
  await expect(first).toHaveText(before)
  await lab.get('version-restore').click()
  await expect(lab.get('live')).toBeVisible()
  await expect(lab.get('data-version')).toHaveText('as in version 1')
  await lab.get('data-undo').click()
  await expect(lab.get('data-facts')).toContainText('199 token')
  expect(lab.complaints).toEqual([])
})

test('a file dropped among datasets: what was decided is said, its channels are named, its charts taken home', async ({
  page,
}) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  await lab.get('new-data').click()
  const rows = Array.from({ length: 12 * 10 }, (_, k) => {
    const [sequence, t] = [Math.floor(k / 10), k % 10]
    const label = sequence === 3 && t > 7 ? 'down' : sequence % 2 ? 'up' : 'down'
    return `S${sequence},${t},${60 + k},${k % 7},${label},a text`
  })
  const table = ['id,t,heart,stress,label,remark of someone', ...rows].join('\n')
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([text], 'people.csv', { type: 'text/csv' }))
    for (const type of ['dragover', 'drop'])
      window.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
  }, table)
  await expect(lab.get('import-mixed')).toContainText('One sequence')
  await expect(lab.get('import-mixed')).toContainText('“S3”, line 40: “down” after “up”')
  await expect(lab.get('unused-remark of someone')).toContainText('texts')
  await expect(lab.get('channels')).toHaveText(/heart\s*stress/)
  await lab.get('role-remark of someone').selectOption('tag')
  await expect(lab.get('unused-remark of someone')).toHaveCount(0)
  await lab.get('import-go').click()
  await expect(lab.get('grid').getByTestId('channels')).toHaveText(/heart\s*stress/)
  const answer = lab.get('grid').getByRole('row').nth(4).locator('[aria-colindex="3"]')
  await expect(answer).toHaveText('down')
  await expect(lab.get('problem-mixed-answers')).toHaveCount(1)
  await lab.get('problem-mixed-answers').getByTestId('fix-replace').click()
  await expect(answer).toHaveText('up')
  await expect(lab.get('problem-mixed-answers')).toHaveCount(0)
  // As every chart: picture, drawing, numbers, table.
  await page.keyboard.press('Control+e')
  const { name, bytes } = await lab.download('export-answers-csv')
  expect(name).toBe('people-answers.csv')
  expect(bytes.toString().split('\n').slice(1, 3).sort()).toEqual([
    expect.stringMatching(/^down,/),
    expect.stringMatching(/^up,/),
  ])
  const picture = await lab.download('export-lengths-png')
  expect(picture.bytes.readUInt32BE(16)).toBe(2 * 880)
  expect((await lab.download('export-lengths-svg')).bytes.toString()).toContain('Lengths')
  await lab.get('table-lengths').click()
  await expect(lab.get('chart-table')).toContainText('12')
  expect(lab.complaints).toEqual([])
})

test('every edit of rows by keys alone', async ({ page }) => {
  const lab = new LabPage(page)
  await lab.open(served.address)
  const head = '{"format":"unroll-sequences/1","inputs":"tokens","target":"class"}'
  const given = ['one x', 'two y', 'three x', 'four y'].map((text) => {
    const [token, target] = text.split(' ')
    return JSON.stringify({ inputs: [token, 'end'], target })
  })
  const buffer = Buffer.from([head, ...given].join('\n'))
  await lab.get('file-input').setInputFiles({ name: 'keys.jsonl', mimeType: 'application/json', buffer })
  await expect(lab.get('preview')).toBeVisible()
  await page.goto(served.address)
  await lab.get('edit-data').click()
  const grid = lab.get('grid')
  const first = (row: number) => grid.getByRole('row').nth(row).locator('[aria-colindex="4"]')
  /** The first tokens of all rows, top to bottom. */
  const tokens = async () => {
    const rows = await grid.locator('.rows [role=row]').evaluateAll((all) =>
      all
        .map((row) => ({
          at: Number(row.getAttribute('aria-rowindex')),
          text: row.querySelector('[aria-colindex="4"]')?.textContent?.trim() ?? '',
        }))
        .sort((x, y) => x.at - y.at)
        .map(({ text }) => text),
    )
    return rows.join(' ')
  }
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  await expect(first(1)).toBeVisible()
  await grid.focus()
  await press('Control+Home', 'ArrowRight', 'ArrowRight', 'ArrowRight')
  await press('Control+d')
  await expect.poll(tokens).toBe('one one two three four')
  await press('ArrowDown', 'F2', 'End')
  await page.keyboard.type('!')
  await press('Enter')
  await expect.poll(tokens).toBe('one one! two three four')
  // Two rows marked, moved down, taken away, and all of it back.
  await press('ArrowUp', 'Shift+ArrowDown', 'Alt+ArrowDown')
  await expect.poll(tokens).toBe('one three one! two four')
  await press('Control+Delete')
  await expect.poll(tokens).toBe('one three four')
  await press('Control+z', 'Control+z')
  await expect.poll(tokens).toBe('one one! two three four')
  await press('Control+Shift+z')
  await expect.poll(tokens).toBe('one three one! two four')
  // As a spreadsheet gives it: a row a line, the answer behind a tab.
  await grid.evaluate((element) => {
    const data = new DataTransfer()
    data.setData('text/plain', 'five end\tx\r\n<b>six</b> end\ty\r\n')
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await expect.poll(tokens).toContain('five <b>six</b>')
  // Find and replace, order and filter are fields and buttons, reached by Tab.
  await lab.get('data-replace').focus()
  await press('Enter', 'Tab', 'Tab')
  await page.keyboard.type('one!')
  await press('Tab')
  await page.keyboard.type('seven')
  await press('Enter')
  await expect.poll(tokens).toContain('seven')
  await lab.get('data-sort').focus()
  await lab.get('data-sort').selectOption('inputs')
  await expect.poll(tokens).toBe('<b>six</b> five four one seven three two')
  await lab.get('data-find').focus()
  await page.keyboard.type('five')
  await press('Enter')
  await expect.poll(tokens).toBe('five')
  await page.keyboard.press('Control+a')
  await press('Delete')
  await expect.poll(tokens).toContain('three')
  expect(lab.complaints).toEqual([])
})
