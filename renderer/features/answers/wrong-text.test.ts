import { expect, test } from 'vitest'
import type { Answers, Experiment } from '../../../shared/contract.ts'
import type { Glance } from '../../../shared/inspect.ts'
import { ndarray } from '../../../shared/ndarray.ts'
import { en } from '../../i18n/en.ts'
import { askedText, inputsText, saidText } from './wrong-text.ts'

const experiment = (outputs: string, classes: readonly string[]) =>
  ({
    facts: { outputs, classes, metric: { id: 'accuracy' } },
    spec: { task: { id: 'tokens' } },
  }) as unknown as Experiment
const glance = (part: object) =>
  ({ steps: 2, inputs: ndarray([2], Float32Array.of(0, 1)), answer: 1, ...part }) as Glance
const given = (targets: number[], outputs: number[], shape = [targets.length]) =>
  ({
    targets: ndarray(shape, Float32Array.from(targets)),
    outputs: [ndarray(shape, Float32Array.from(outputs))],
    metrics: [ndarray([shape[0] as number], new Float32Array(shape[0] as number))],
  }) as unknown as Answers

test('inputs in a line: characters close, words apart, numbers by step, cut short where there are more', () => {
  expect(inputsText(glance({ tokens: ['冰', '糖'] }))).toBe('冰糖')
  expect(inputsText(glance({ tokens: ['the', 'cat'], steps: 9 }))).toBe('the cat … (9)')
  const values = ndarray([2, 2], Float32Array.of(0.5, 1, 0.25, 0))
  expect(inputsText(glance({ inputs: values }))).toBe('(0.500, 1.000) (0.250, 0)')
})

test('what was right, what was said, and how sure, unless it is answered otherwise by now', () => {
  const of = experiment('class', ['was', 'were'])
  const answers = given([0, 1], [1, 1])
  const said = (answer: number) => saidText(answers, 0, { index: 0 }, of, glance({ answer, share: 0.912 }), en)
  expect(said(1)).toEqual({ expected: 'was', answered: 'were', share: '0.91' })
  expect(said(0).share).toBe('—')
  expect(saidText(answers, 0, { index: 0 }, of, undefined, en).share).toBe('—')
})

test('of a series its step, or its end where no step is wrong by itself', () => {
  const of = experiment('class-series', ['a', 'b'])
  const answers = given([0, 1, 0, 0], [0, 0, 0, 1], [2, 2])
  const step = saidText(answers, 0, { index: 0, step: 1 }, of, glance({ answer: 0, share: 0.5 }), en)
  expect(step).toEqual({ expected: 'b at step 2', answered: 'a', share: '0.50' })
  expect(saidText(answers, 0, { index: 1 }, of, glance({}), en)).toMatchObject({ expected: 'a a', answered: 'a b' })
  const long = given(Array(30).fill(0), [...Array(29).fill(0), 1], [1, 30])
  expect(saidText(long, 0, { index: 0 }, of, glance({}), en).answered).toMatch(/^… a .* b$/)
})

test('what is asked for has a name, unless it is all', () => {
  const of = experiment('class', ['was', 'were'])
  expect(askedText({ run: 0 }, of, en)).toBe('')
  expect(askedText({ run: 0, cell: { truth: 0, answered: 1 } }, of, en)).toBe('“was” answered with “were”')
  expect(askedText({ run: 0, bin: { tag: 'distance', from: 4, to: 8 } }, of, en)).toBe('distance 4–8')
})
