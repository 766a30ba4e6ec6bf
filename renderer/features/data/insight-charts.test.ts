import { expect, test } from 'vitest'
import type { Insight } from '../../../shared/insight.ts'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { insightCharts } from './insight-charts.ts'

const rows = (train: number, validation: number, test: number) => ({ train, validation, test })
const insight: Insight = {
  revision: 1,
  lengths: [
    [2, 3],
    [90, 1],
  ],
  meanLength: 24,
  labels: [
    { label: 'was, so', rows: rows(2, 1, 0) },
    { label: '=1+1', rows: rows(1, 0, 0) },
  ],
  tags: [
    {
      name: 'distance',
      isWhole: true,
      values: [
        ['1', 2],
        ['2', 1],
        ['9', 1],
      ],
      distinct: 3,
    },
    {
      name: 'speaker',
      isWhole: false,
      values: [
        ['A', 3],
        ['B', 1],
      ],
      distinct: 2,
    },
  ],
  tokens: Array.from({ length: 40 }, (_, k) => [`w${k}`, 40 - k] as const),
  distinct: 40,
  unlearnable: [],
  rare: [],
  problems: [],
  counts: {},
}

test('every chart of a dataset takes its own numbers home', () => {
  const charts = insightCharts(insight, en)
  expect(charts.map(({ id }) => id)).toEqual(['lengths', 'tag-distance', 'tag-speaker', 'answers', 'vocabulary'])
  expect(charts.map((chart) => chart.csv().split('\n').slice(0, 3))).toEqual([
    ['steps,rows', '2,3', '90,1'],
    ['distance,rows', '1,2', '2,1'],
    ['speaker,rows', 'A,3', 'B,1'],
    ['answer,train,validation,test', '"was, so",2,1,0', '=1+1,1,0,0'],
    ['token,count', 'w0,40', 'w1,39'],
  ])
  expect(charts[3]?.arrays()).toMatchObject({ 'answers.validation': { shape: [2], data: Int32Array.of(1, 0) } })
  expect(charts[4]?.csv().trimEnd().split('\n')).toHaveLength(41)
  expect(charts[4]?.caption).toContain('32 commonest of 40')
  expect(
    insightCharts(insight, zh).every(({ title, caption }) => /\p{Script=Han}|speaker/u.test(title + caption)),
  ).toBe(true)
})

test('what a dataset does not have is no chart', () => {
  expect(insightCharts({ ...insight, lengths: [], labels: [], tags: [], tokens: [] }, en)).toEqual([])
})
