import { expect, test } from 'vitest'
import { History } from './history.svelte.ts'

test('goes back and forth, and a new value ends what was undone', () => {
  const history = new History('a')
  expect(history.undo()).toBe(false)
  history.push('b')
  history.push('c')
  expect(history.undo() && history.value).toBe('b')
  expect(history.redo() && history.value).toBe('c')
  history.undo()
  history.push('d')
  expect(history.redo()).toBe(false)
  expect(history.value).toBe('d')
  history.reset('e')
  expect([history.value, history.canUndo, history.canRedo]).toEqual(['e', false, false])
})
