import fc from 'fast-check'
import { parse } from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Floats, ndarray } from '../../../shared/ndarray.ts'
import { type Random, randomStream } from '../random.ts'
import { embeddedReber } from './embedded-reber.ts'
import { embed, Grammar, type Letter, reberArcs, symbols } from './grammar.ts'
import { stringsOf } from './next-symbol.ts'
import { reber } from './reber.ts'
import type { Task } from './task.ts'

const create = <Spec>(task: Task<Spec>, fields: object = {}, seed = 1) =>
  task.create(parse(task.schema, { id: task.id, ...fields }), undefined, seed)
const seeds = fc.integer({ min: 0, max: 0x7fff_ffff })
const text = (string: readonly number[]) => string.map((id) => symbols[id]).join('')
const ids = (string: string) => [...string].map((letter) => symbols.indexOf(letter as Letter))

/**
 * The same language as a regular expression: from T a loop of S to X; from P, and from every X X or P X,
 * a loop of T to V; the two meet in S or V before E.
 */
const inner = 'B(?:TS*X(?:S|XT*V(?:PXT*V)*(?:V|PS))|PT*V(?:PXT*V)*(?:V|PS))E'
const languages = { reber: RegExp(`^${inner}$`), embedded: RegExp(`^B([TP])${inner}\\1E$`) }

/** Output [N, T, K] that gives each step of each string the value of `score` for a symbol. */
function outputs(strings: readonly number[][], time: number, score: (b: number, t: number, id: number) => number) {
  const data = new Float32Array(strings.length * time * symbols.length)
  for (const [k] of data.entries()) {
    const step = Math.floor(k / symbols.length)
    data[k] = score(Math.floor(step / time), step % time, k % symbols.length)
  }
  return ndarray([strings.length, time, symbols.length], data) as Floats
}

describe.each([
  ['reber', reberArcs, languages.reber, 4],
  ['embedded', embed(reberArcs), languages.embedded, 8],
] as const)('%s grammar', (_, arcs, language, shortest) => {
  test('draws strings of the language that are no longer than allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: shortest + 1, max: 60 }), seeds, (longest, seed) => {
        const string = new Grammar(arcs, longest).draw(randomStream(seed, 'test'))
        expect(text(string)).toMatch(language)
        expect(string.length).toBeLessThanOrEqual(longest)
      }),
    )
  })

  test('allows exactly what leads on, symbol by symbol', () => {
    const grammar = new Grammar(arcs, 40)
    const random = randomStream(2, 'test')
    const strings = Array.from({ length: 3000 }, () => text(grammar.draw(random)))
    for (const string of strings.slice(0, 30)) {
      grammar.allowed(ids(string)).forEach((allowed, at) => {
        const prefix = string.slice(0, at)
        const seen = strings.filter((other) => other.startsWith(prefix)).map((other) => other[at] as string)
        for (const letter of new Set(seen)) expect(text(allowed)).toContain(letter)
        // Often enough to have seen both of two.
        if (seen.length > 40) expect(new Set(seen).size).toBe(allowed.length)
      })
    }
    expect(() => grammar.allowed([0, 0])).toThrow(/symbol 2, B/)
  })

  test('draws as if strings that are too long were drawn again, and knows the best answers to them', () => {
    const longest = shortest + 4
    /** A walk that chooses among the arcs evenly. */
    const freely = (random: Random): string => {
      let state = 0
      let string = ''
      for (let leaving = arcs[0]; leaving?.length; leaving = arcs[state]) {
        const [letter, next] = leaving[random.integer(leaving.length)] as (typeof leaving)[number]
        string += letter
        state = next
      }
      return string.length <= longest ? string : freely(random)
    }
    const grammar = new Grammar(arcs, longest)
    const random = randomStream(3, 'test')
    const counts = new Map<string, number>()
    const draws = 20_000
    for (let k = 0; k < draws; k++) {
      const again = freely(random)
      counts.set(again, (counts.get(again) ?? 0) + 1)
    }
    const chances = [...counts].map(([string, count]) => {
      const chance = grammar.chances(ids(string)).reduce((product, value) => product * value, 1)
      expect(Math.abs(count / draws - chance)).toBeLessThan(5 * Math.sqrt((chance * (1 - chance)) / draws))
      return chance
    })
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 10)

    // The best answer to a prefix: what follows it in all strings, each with its chance over its steps.
    const all = [...counts.keys()]
    const weight = (prefix: string) =>
      all.reduce(
        (sum, string, k) => sum + (string.startsWith(prefix) ? (chances[k] as number) / (string.length - 1) : 0),
        0,
      )
    for (const string of all) {
      grammar.bestShares(ids(string)).forEach((share, at) => {
        expect(share).toBeCloseTo(weight(string.slice(0, at + 1)) / weight(string.slice(0, at)), 10)
      })
    }
  })
})

test('a string that cannot be that short is refused', () => {
  expect(() => new Grammar(reberArcs, 4)).toThrow(/no string has at most 4/)
})

test('two symbols tell what a Reber string allows next; in the embedded one they do not', () => {
  const contexts = (arcs: typeof reberArcs) => {
    const grammar = new Grammar(arcs, 40)
    const random = randomStream(4, 'test')
    const after = new Map<string, Set<string>>()
    for (let k = 0; k < 500; k++) {
      const string = grammar.draw(random)
      grammar.allowed(string).forEach((allowed, at) => {
        const before = text(string.slice(Math.max(0, at - 2), at))
        after.set(before, (after.get(before) ?? new Set()).add(text(allowed)))
      })
    }
    return [...after.values()]
  }
  expect(contexts(reberArcs).every((allowed) => allowed.size === 1)).toBe(true)
  expect(contexts(embed(reberArcs)).some((allowed) => allowed.size > 1)).toBe(true)
})

describe.each([
  [reber, 4, languages.reber],
  [embeddedReber, 8, languages.embedded],
] as const)('$id', (task, shortest, language) => {
  test.each([shortest, 20, 100])('at length %i every step wants the symbol that follows', (length) => {
    const { facts, trainBatch } = create(task as Task, { length })
    const { inputs, lengths, targets } = trainBatch(1, 20)
    expect(facts.length).toBe(length)
    for (let b = 0; b < 20; b++) {
      const steps = lengths?.data[b] as number
      const read = [...inputs.data.subarray(b * length, b * length + steps)]
      const wanted = [...targets.data.subarray(b * length, b * length + steps)]
      expect(read.slice(1)).toEqual(wanted.slice(0, -1))
      expect(text([...read.slice(0, 1), ...wanted])).toMatch(language)
      expect(steps).toBeLessThanOrEqual(length)
    }
  })

  test('guessing by frequency is the best of all fixed answers, and the grammar beats it', () => {
    const { facts, heldOut } = create(task as Task)
    const strings = stringsOf(heldOut('test', 256))
    const lossOf = (share: (id: number) => number) =>
      strings.reduce((sum, string) => {
        const own = string.slice(1).map((id) => -Math.log(share(id)))
        return sum + own.reduce((total, loss) => total + loss, 0) / own.length
      }, 0) / strings.length
    const shares = symbols.map((_, id) =>
      strings.reduce((sum, string) => {
        const rest = string.slice(1)
        return sum + rest.filter((symbol) => symbol === id).length / rest.length / strings.length
      }, 0),
    )
    const [frequency, ...others] = facts.baselines.test
    expect(frequency?.loss).toBeCloseTo(
      lossOf((id) => shares[id] as number),
      10,
    )
    const mixed = shares.map((share) => 0.9 * share + 0.1 / 7)
    expect(lossOf((id) => mixed[id] as number)).toBeGreaterThan(frequency?.loss as number)
    expect(others.at(-1)?.id).toBe('grammar')
    expect(others.at(-1)?.loss).toBeLessThan((frequency?.loss as number) / 2)
    expect(facts.baselines.validation).not.toEqual(facts.baselines.test)
  })
})

test('reber: a string counts when every answer is allowed, the wanted symbol or the other', () => {
  const { metric, heldOut, facts } = create(reber)
  const batch = heldOut('test', 100)
  const strings = stringsOf(batch)
  const grammar = new Grammar(reberArcs, 60)
  const allowed = strings.map((string) => grammar.allowed(string))
  const legal = (last: boolean) =>
    outputs(strings, facts.length, (b, t, id) => (allowed[b]?.[t + 1]?.at(last ? -1 : 0) === id ? 1 : 0))
  expect(metric(legal(true), batch)).toBe(1)
  expect(metric(legal(false), batch)).toBe(1)
  const neverEnds = outputs(strings, facts.length, (b, t, id) => {
    const string = strings[b] as number[]
    return t === string.length - 2 ? (id === 0 ? 1 : 0) : string[t + 1] === id ? 1 : 0
  })
  expect(metric(neverEnds, batch)).toBe(0)
  for (const fixed of symbols.keys()) {
    const always = outputs(strings, facts.length, (_b, _t, id) => (id === fixed ? 1 : 0))
    expect(metric(always, batch)).toBe(facts.baselines.test[0]?.metric)
  }
})

test('embedded-reber: only the T or P before the last symbol counts, at its distance', () => {
  const { metric, heldOut, facts, tags } = create(embeddedReber)
  const batch = heldOut('test', 256)
  const strings = stringsOf(batch)
  const clueOnly = outputs(strings, facts.length, (b, t, id) => {
    const string = strings[b] as number[]
    return t === string.length - 3 && id === string[1] ? 1 : 0
  })
  expect(metric(clueOnly, batch)).toBe(1)
  const opposite = ndarray(
    clueOnly.shape,
    clueOnly.data.map((value) => -value),
  )
  expect(metric(opposite, batch)).toBe(0)
  const [frequency, memoryless, grammar] = facts.baselines.test
  const rather = (letter: string) =>
    metric(
      outputs(strings, facts.length, (_b, _t, id) => (symbols[id] === letter ? 1 : 0)),
      batch,
    )
  expect([rather('T'), rather('P')]).toContain(frequency?.metric)
  expect(memoryless?.metric).toBeCloseTo((rather('T') + rather('P')) / 2, 10)
  const shareOfOneStep = strings.reduce((sum, string) => sum + 1 / (string.length - 1), 0) / strings.length
  expect((memoryless?.loss as number) - (grammar?.loss as number)).toBeCloseTo(Math.LN2 * shareOfOneStep, 10)
  const distance = tags?.('test', 256).distance
  for (const [b, string] of strings.entries()) {
    // Read at step 1; asked for when the E of the inner string is read.
    const asked = text(string).lastIndexOf('E', string.length - 2)
    expect(distance?.[b]).toBe(asked - 1)
  }
})
