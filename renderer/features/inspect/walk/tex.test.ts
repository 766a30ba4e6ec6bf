import { expect, test } from 'vitest'
import { factor, term, tex, texSmall } from './tex.ts'

test('numbers are written in TeX as on the page', () => {
  expect(tex(-0.3434)).toBe('-0.343')
  expect(tex(Number.NaN)).toBe('\\mathrm{NaN}')
  expect(tex(Infinity)).toBe('\\infty')
  expect(texSmall(-3.2e-5)).toBe('-3.2\\cdot 10^{-5}')
  expect(texSmall(2e12)).toBe('2.0\\cdot 10^{12}')
  expect([term(-0.5), term(0.5), factor(-0.5), factor(0.5)]).toEqual(['- 0.500', '+ 0.500', '(-0.500)', '0.500'])
})
