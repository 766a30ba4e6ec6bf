import { expect, it } from 'vitest'
import { menuTemplate } from './menu.ts'

it('starts with the application on macOS alone', () => {
  expect(menuTemplate('darwin')[0]?.role).toBe('appMenu')
  expect(menuTemplate('linux')[0]?.label).toBe('File')
})

it('has a way out everywhere', () => {
  expect(JSON.stringify(menuTemplate('linux'))).toMatch('quit')
  expect(JSON.stringify(menuTemplate('win32'))).toMatch('quit')
})
