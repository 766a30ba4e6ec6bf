import { expect, test } from 'vitest'
import { Memories } from './memories.ts'

test('memory that came back is lent again where it fits, and only so much of it is kept', () => {
  const memories = new Memories(2)
  const [small, large] = [memories.take(10), memories.take(100)]
  expect(memories.lent).toBe(2)
  memories.giveBack(small)
  memories.giveBack(large)
  expect(memories.lent).toBe(0)
  expect(memories.take(9)).toBe(small)
  // Most of the large one would lie idle.
  const middle = memories.take(30)
  expect(middle.length).toBe(30)
  expect(memories.take(60)).toBe(large)
  for (const memory of [large, small, middle]) memories.giveBack(memory)
  expect(memories.take(100)).not.toBe(large)
})

test('memory that cannot be had is refused with what to do', () => {
  expect(() => new Memories().take(2 ** 50)).toThrow(expect.objectContaining({ code: 'out-of-memory' }))
})
