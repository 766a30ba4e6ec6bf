import fc from 'fast-check'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { ndarray } from '../../../shared/ndarray.ts'
import { randomStream } from '../random.ts'
import { clueEn } from './clue-en.ts'
import { languageTeller } from './clue-en-words.ts'
import { clueZh } from './clue-zh.ts'
import { tasteTeller } from './clue-zh-words.ts'
import { type ReadSentence, readSentences } from './read-sentences.ts'
import { drawFor, partOf } from './sentences.ts'
import type { Task } from './task.ts'

const create = (task: Task, fields: object = {}, seed = 1) =>
  task.create(parse(task.schema, { id: task.id, ...fields }), undefined, seed)

/** What every clue stands for, on lists of the test's own. */
function glossary(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [answer, ...clues] = line.split(' ') as [string, ...string[]]
      return clues.map((clue) => [clue, answer] as const)
    }),
  )
}

const flavours = glossary([
  '甜 甜 冰糖 蜂蜜 西瓜 蛋糕 麦芽糖 红枣',
  '辣 辣 辣椒 芥末 朝天椒 辣酱 剁椒 泡椒',
  '酸 酸 柠檬 陈醋 山楂 杨梅 青梅 酸菜',
  '咸 咸 咸菜 酱油 咸鱼 海水 腌肉 咸蛋',
  '苦 苦 苦瓜 黄连 中药 莲心 黑咖啡 苦丁茶',
])
const homes = glossary([
  'French France Paris',
  'Spanish Spain Madrid',
  'Italian Italy Rome',
  'German Germany Berlin',
  'Japanese Japan Tokyo',
  'Chinese China Beijing',
  'Russian Russia Moscow',
  'Greek Greece Athens',
  'Polish Poland Warsaw',
  'Turkish Turkey Istanbul',
])
const things = glossary([
  'sky clouds stars swallows balloons',
  'sea whales dolphins ships waves',
  'desert camels dunes cacti scorpions',
  'forest oaks pines owls mushrooms',
  'library novels bookshelves dictionaries readers',
  'kitchen pans spoons plates cooks',
  'station trains platforms passengers conductors',
  'stable horses saddles foals ponies',
  'hospital nurses surgeons patients stretchers',
  'theatre actors curtains spotlights costumes',
])

/** The first clue decides; later ones that stand for something else distract. */
function understood({ words }: ReadSentence, clues: ReadonlyMap<string, string>) {
  const at = words.findIndex((word) => clues.has(word))
  const answer = clues.get(words[at] as string)
  const later = words.slice(at + 1).flatMap((word) => clues.get(word) ?? [])
  return {
    answer,
    distance: words.length - 1 - at,
    named: later.length,
    distractors: later.filter((other) => other !== answer).length,
  }
}

const dials = fc
  .record({
    range: fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { minLength: 3, maxLength: 3 }),
    distractors: fc.integer({ min: 0, max: 4 }),
    seed: fc.integer({ min: 0, max: 0x7fff_ffff }),
  })
  .map(({ range, ...rest }) => {
    const [minDistance, maxDistance, testDistance] = range.sort((a, b) => a - b) as [number, number, number]
    return { minDistance, maxDistance, testDistance, ...rest }
  })

const tongues = [
  ['clue-zh', clueZh as Task, flavours, tasteTeller],
  ['clue-en', clueEn as Task, homes, languageTeller],
] as const

describe.each(tongues)('%s', (_id, task, clues, teller) => {
  test('the first clue decides, at the distance and with the distractors that the dials allow', () => {
    fc.assert(
      fc.property(dials, ({ seed, ...fields }) => {
        const instance = create(task, fields, seed)
        const sentences = readSentences(instance, instance.trainBatch(1, 12))
        for (const sentence of sentences.filter(({ words }) => words.some((word) => clues.has(word)))) {
          const { answer, distance, named } = understood(sentence, clues)
          expect(sentence.answer).toBe(answer)
          expect(distance).toBeGreaterThanOrEqual(fields.minDistance)
          expect(distance).toBeLessThanOrEqual(fields.maxDistance)
          expect(named).toBeLessThanOrEqual(fields.distractors)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('tags say what the held-out sentences are, and the test reaches every distance up to its own', () => {
    const instance = create(task, { maxDistance: 20, testDistance: 33, distractors: 2 })
    for (const [split, longest] of [
      ['validation', 20],
      ['test', 33],
    ] as const) {
      const all = readSentences(instance, instance.heldOut(split, 1000))
      const tags = instance.tags?.(split, 1000) as Record<string, Int32Array>
      const asked = new Set<number>()
      let distracted = 0
      for (const [k, sentence] of all.entries()) {
        if (tags.far?.[k] === 0) continue
        const { answer, distance, distractors } = understood(sentence, clues)
        expect([sentence.answer, tags.distance?.[k], tags.distractors?.[k]]).toEqual([answer, distance, distractors])
        asked.add(distance)
        distracted += Math.min(1, distractors)
      }
      expect([...asked].sort((a, b) => a - b)).toEqual(Array.from({ length: longest - 1 }, (_, k) => k + 2))
      expect(distracted).toBeGreaterThan(20)
    }
  })

  test('clues that distract tell nothing about the answer', () => {
    const instance = create(task, { minDistance: 40, maxDistance: 40, testDistance: 40, distractors: 3 })
    const told = readSentences(instance, instance.trainBatch(1, 6000)).filter(
      (sentence) => understood(sentence, clues).named > 0,
    )
    const answers = new Set(clues.values()).size
    const last = (words: readonly string[]) => clues.get(words.findLast((word) => clues.has(word)) as string)
    const right = told.filter(({ words, answer }) => last(words) === answer).length / told.length
    const error = Math.sqrt((1 / answers) * (1 - 1 / answers)) / Math.sqrt(told.length)
    expect(Math.abs(right - 1 / answers)).toBeLessThan(4 * error)
  })

  test('all answers are equally frequent, so that guessing scores its baseline', () => {
    const instance = create(task)
    const { classes = [], baselines } = instance.facts
    const batch = instance.trainBatch(1, 6000)
    for (let k = 0; k < classes.length; k++) {
      const share = batch.targets.data.filter((answer) => answer === k).length / 6000
      expect(Math.abs(share - 1 / classes.length)).toBeLessThan(4 * Math.sqrt(1 / classes.length / 6000))
    }
    const fixed = ndarray([6000, classes.length], new Float32Array(6000 * classes.length))
    expect(instance.metric(fixed, batch)).toBeCloseTo(baselines.test[0]?.metric as number, 1)
    expect(baselines.test[0]).toEqual({ id: 'chance', loss: Math.log(classes.length), metric: 1 / classes.length })
  })

  test('every answer can be asked for in every part, also at the shortest distances', () => {
    const random = randomStream(1, 'every part')
    for (let distance = 2; distance <= 10; distance++) {
      for (let answer = 0; answer < new Set(clues.values()).size; answer++) {
        const parts = new Set<string>()
        for (let k = 0; k < 300; k++) parts.add(partOf(teller.tell(random, answer, distance, 0).words.join(' ')))
        expect([distance, answer, parts.size]).toEqual([distance, answer, 3])
      }
    }
  })

  test('no held-out sentence is trained on, however short, whatever the seed', () => {
    const fields = { minDistance: 2, maxDistance: 2, testDistance: 2 }
    const texts = (instance: ReturnType<typeof create>, batch: Parameters<typeof readSentences>[1]) =>
      readSentences(instance, batch).map(({ words }) => words.join(' '))
    const one = create(task, fields, 1)
    const other = create(task, fields, 2)
    const known = new Set([...texts(one, one.heldOut('test', 1000)), ...texts(one, one.heldOut('validation', 256))])
    expect(texts(other, other.trainBatch(1, 6000)).filter((text) => known.has(text))).toEqual([])
  })

  test('a story as long as there is, and distances out of order', () => {
    const longest = create(task, { minDistance: 1000, maxDistance: 1000, testDistance: 1000, distractors: 20 })
    const told = readSentences(longest, longest.trainBatch(1, 8)).map((sentence) => understood(sentence, clues))
    expect(told.some(({ distance }) => distance === 1000)).toBe(true)
    expect(() => create(task, { minDistance: 9, maxDistance: 5 })).toThrow(/task.maxDistance is 5/)
    expect(() => create(task, { maxDistance: 40, testDistance: 39 })).toThrow(
      /task.testDistance is 39, less than task.maxDistance/,
    )
  })
})

test('where no sentence is of a part, that is said rather than searched for without end', () => {
  const text = 'the only sentence there is'
  const other = partOf(text) === 'train' ? 'test' : 'train'
  expect(drawFor(partOf(text), () => text, String)).toBe(text)
  expect(() => drawFor(other, () => text, String)).toThrow(/no sentence like "the only sentence there is"/)
})

describe('clue-en', () => {
  test('every other held-out sentence has its clue near, and that clue decides', () => {
    const instance = create(clueEn as Task, { distractors: 2 })
    const far = instance.tags?.('test', 1000).far ?? []
    for (const [k, sentence] of readSentences(instance, instance.heldOut('test', 1000)).entries()) {
      const { answer, distance } = understood(sentence, k % 2 === 0 ? things : homes)
      expect([far[k], sentence.answer]).toEqual([k % 2, answer])
      if (k % 2 === 0) expect(distance).toBe(instance.tags?.('test', 1000).distance?.[k])
    }
  })

  test('who knows only the last words scores the second baseline', () => {
    const instance = create(clueEn as Task)
    const batch = instance.heldOut('test', 1000)
    const { classes = [], baselines } = instance.facts
    const far = instance.tags?.('test', 1000).far ?? []
    let loss = 0
    const logits = Float32Array.from({ length: 1000 * classes.length }, (_, at) => {
      const [k, id] = [Math.floor(at / classes.length), at % classes.length]
      if (far[k]) return id >= classes.length / 2 ? 0 : -100
      return id === batch.targets.data[k] ? 0 : -100
    })
    for (let k = 0; k < 1000; k++) {
      const row = logits.subarray(k * classes.length, (k + 1) * classes.length)
      loss += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) / 1000
      loss -= (row[batch.targets.data[k] as number] as number) / 1000
    }
    expect(baselines.test[1]?.id).toBe('last-words')
    expect(loss).toBeCloseTo(baselines.test[1]?.loss as number, 6)
    const scored = instance.metric(ndarray([1000, classes.length], logits), batch)
    expect(Math.abs(scored - (baselines.test[1]?.metric as number))).toBeLessThan(0.03)
  })
})
