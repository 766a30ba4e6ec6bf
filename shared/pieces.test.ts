import { expect, it } from 'vitest'
import { Assembly, inParts, type Part } from './pieces.ts'

const large = Float32Array.from({ length: 700_000 }, (_, k) => k / 7)
const ids = Int32Array.from({ length: 100_000 }, (_, k) => -k)
const message = {
  t: 's',
  r: {
    runs: [{ step: 3, trace: { hidden: { shape: [1, 700_000], data: large.subarray(1) } } }, { ids }],
    small: Float32Array.of(1),
  },
}

it('small messages travel as they are', () => {
  expect(inParts({ t: 's', r: { small: Float32Array.of(1), tokens: ['a'], none: null } }, 'a')).toBeNull()
  const small = { t: 'q' }
  expect(new Assembly().take(small)).toBe(small)
})

it('large arrays go ahead in pieces of a megabyte, and come back in their places, of two messages at a time too', () => {
  const parts = [...(inParts(message, 'a') ?? [])]
  const sizes = parts.flatMap((part) => (part.part === 'piece' ? [part.bytes.byteLength] : []))
  expect(sizes).toEqual([2 ** 20, 2 ** 20, 699_999 * 4 - 2 ** 21, 400_000])
  const others = [...(inParts({ t: 's', r: { data: ids } }, 'b') ?? [])]
  const assembly = new Assembly()
  const found: unknown[] = []
  for (let k = 0; k < parts.length; k += 1) {
    for (const part of [parts[k], others[k]]) {
      const whole = part && assembly.take(structuredClone(part))
      if (whole) found.push(whole)
    }
  }
  expect(found).toEqual([{ t: 's', r: { data: ids } }, message])
  expect(message.r.runs[1]?.ids).toBe(ids)
})

it('the end of a message whose beginning another page has had is let go', () => {
  const [, ...late] = inParts(message, 'a') as Iterable<Part>
  const assembly = new Assembly()
  expect(late.map((part) => assembly.take(part))).toEqual(late.map(() => undefined))
})
