import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LabError } from '../../../shared/errors.ts'
import { Edit, type SetHeader } from '../../../shared/sequences.ts'
import { parse } from '../../../shared/validation.ts'
import { inverse } from '../datasets/change.ts'
import { drawRows, sketch } from '../datasets/generate.ts'
import { storeRow } from '../datasets/rows.ts'
import { readOwn, setFormats } from '../datasets/set-export.ts'
import { readSetFile, type SetFile, writeSetFile } from '../datasets/set-file.ts'
import { migrate } from './schema.ts'
import { SequenceViews } from './sequence-views.ts'
import { SequenceTable } from './sequences.ts'

const id = 'set'
const sentences: SetHeader = {
  inputs: 'tokens',
  target: 'class',
  classes: null,
  vocabulary: null,
  tokenizer: { id: 'whitespace' },
}

let database: DatabaseSync
let table: SequenceTable
let views: SequenceViews
const open = (header: SetHeader = sentences) => {
  database = new DatabaseSync(':memory:')
  migrate(database, ':memory:')
  database.prepare("INSERT INTO datasets (id, name, created_at, hash, facts) VALUES (?, 'a', 0, '', '{}')").run(id)
  table = new SequenceTable(database)
  views = new SequenceViews(database, table)
  table.create(id, { header, live: null })
}
beforeEach(() => open())
afterEach(() => database.close())

const edit = (input: object) => table.edit(id, parse(Edit, input, 'message-invalid', 'test'))
const insert = (texts: readonly string[], after: number | null = null) =>
  edit({ do: 'insert', after, rows: texts.map((inputs) => ({ inputs, target: inputs.length % 2 ? 'odd' : 'even' })) })
/** Everything that is stored of the rows, as one text. */
const content = () => writeSetFile(table.facts(id).header, table.reader(id).rows()).toString()
const texts = () => Array.from(table.reader(id).rows(), ({ inputs }) => (JSON.parse(inputs) as string[]).join(' '))
const problem = (act: () => unknown): LabError => {
  try {
    act()
  } catch (error) {
    if (error instanceof LabError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('edits', () => {
  it('insert, duplicate, move and remove rows where they are told', () => {
    insert(['a', 'b', 'c'])
    insert(['d'], 1)
    expect(texts()).toEqual(['a', 'd', 'b', 'c'])
    edit({ do: 'move', ids: Int32Array.of(1, 3), after: 4 })
    expect(texts()).toEqual(['d', 'a', 'c', 'b'])
    edit({ do: 'duplicate', ids: Int32Array.of(4, 1) })
    expect(texts()).toEqual(['d', 'a', 'd', 'a', 'c', 'b'])
    edit({ do: 'remove', ids: Int32Array.of(4, 5) })
    expect(texts()).toEqual(['a', 'a', 'c', 'b'])
    edit({ do: 'move', ids: Int32Array.of(2), after: null })
    expect(texts()).toEqual(['b', 'a', 'a', 'c'])
  })

  it('go on between two rows however often', () => {
    insert(['a', 'b'])
    for (let k = 0; k < 120; k++) insert([`x${k}`], 1)
    expect(texts()).toEqual(['a', ...Array.from({ length: 120 }, (_, k) => `x${119 - k}`), 'b'])
    for (let k = 0; k < 120; k++) table.undo(id)
    expect(texts()).toEqual(['a', 'b'])
  })

  it('set fields, and say what does not fit', () => {
    insert(['a b'])
    edit({
      do: 'set',
      cells: [
        { id: 1, field: 'inputs', value: ['x', 'y z'] },
        { id: 1, field: 'tags', value: { from: 'me' } },
      ],
    })
    expect(views.page(id, [1]).rows).toMatchObject([
      { inputs: ['x', 'y z'], steps: 2, tags: { from: 'me' }, target: 'odd' },
    ])
    const set = (field: string, value: unknown) => problem(() => edit({ do: 'set', cells: [{ id: 1, field, value }] }))
    expect(set('inputs', [1, 2])).toMatchObject({ code: 'row-invalid', details: { field: 'inputs' } })
    expect(set('split', 'trian')).toMatchObject({ code: 'row-invalid' })
    expect(set('target', ['a'])).toMatchObject({ code: 'row-invalid', details: { field: 'target' } })
    expect(problem(() => edit({ do: 'remove', ids: Int32Array.of(7) }))).toMatchObject({ code: 'not-found' })
    expect(views.state(id)).toMatchObject({ revision: 2, undo: 'set' })
  })

  it('replace tokens and labels, whole ones only', () => {
    insert(['the cat', 'the cats', 'cat cat'])
    edit({ do: 'replace', in: 'inputs', find: 'cat', by: 'dog' })
    expect(texts()).toEqual(['the dog', 'the cats', 'dog dog'])
    edit({ do: 'replace', in: 'inputs', find: 'dog', by: '' })
    expect(views.page(id, [3]).rows).toMatchObject([{ inputs: [], steps: 0, fault: 'empty' }])
    edit({ do: 'replace', in: 'target', find: 'odd', by: 'uneven' })
    expect(views.page(id, [1, 2]).rows.map(({ target }) => target)).toEqual(['uneven', 'even'])
  })

  it('say what is wrong with rows, also when what may occur changes', () => {
    insert(['a b', 'c'])
    edit({ do: 'allow', vocabulary: ['a', 'b'], classes: ['odd'] })
    expect(views.page(id, [1, 2]).rows.map(({ fault }) => fault)).toEqual([undefined, 'unknown-token'])
    edit({ do: 'set', cells: [{ id: 1, field: 'target', value: 'even' }] })
    expect(views.state(id)).toMatchObject({ faulty: 2, rows: 2 })
    expect([...views.ids(id, { faulty: true })]).toEqual([1, 2])
    table.undo(id)
    table.undo(id)
    expect(views.state(id)).toMatchObject({ faulty: 0, undo: 'insert', redo: 'allow' })
  })

  it('keep the targets of numbers apart from their inputs', () => {
    database.close()
    open({ inputs: 'numbers', target: 'every-step', classes: null, channels: ['x', 'y'] })
    edit({
      do: 'insert',
      after: null,
      rows: [
        {
          inputs: [
            [1, 2],
            [3, null],
          ],
          target: [0.1, 0.2],
        },
        { inputs: [[1, 2]], target: [1, 2] },
      ],
    })
    const { rows } = views.page(id, [1, 2])
    expect(rows.map(({ fault }) => fault)).toEqual(['missing-value', 'target-length'])
    expect(rows[0]?.inputs).toEqual({ shape: [2, 2], data: Float64Array.of(1, 2, 3, Number.NaN) })
    expect(rows[0]?.target).toEqual(Float64Array.of(0.1, 0.2))
  })
})

describe('views', () => {
  it('filter, find and sort', () => {
    insert(['b "q" c', 'a', 'C d', 'e'])
    edit({
      do: 'set',
      cells: [
        { id: 2, field: 'split', value: 'test' },
        { id: 4, field: 'tags', value: { n: '10' } },
        { id: 1, field: 'tags', value: { n: '9' } },
      ],
    })
    const ids = (view: object) => [...views.ids(id, view)]
    expect(ids({})).toEqual([1, 2, 3, 4])
    expect(ids({ split: 'test' })).toEqual([2])
    expect(ids({ find: '"Q"' })).toEqual([1])
    expect(ids({ find: 'c' })).toEqual([1, 3])
    expect(ids({ tag: { name: 'n', from: 9.5, to: 11 } })).toEqual([4])
    expect(ids({ tag: { name: 'n', is: '9' } })).toEqual([1])
    expect(ids({ tag: { name: 'n', from: 0, to: 100 }, find: 'e' })).toEqual([4])
    expect(ids({ sort: { by: 'length', descending: true } })).toEqual([1, 3, 2, 4])
    expect(ids({ sort: { by: 'tag:n', descending: false } })).toEqual([1, 4, 2, 3])
    expect(views.page(id, [3, 99, 1]).rows.map(({ number }) => number)).toEqual([3, 1])
  })
})

/** Edits as a person might make them; ids are chosen among those that are there. */
const edits = fc.array(
  fc.record({ kind: fc.nat(10), at: fc.nat(30), many: fc.nat(4), text: fc.stringMatching(/^[ab冰 ]{0,6}$/) }),
  { maxLength: 25 },
)
function act({ kind, at, many, text }: { kind: number; at: number; many: number; text: string }): void {
  if (kind > 7) {
    ofTheWhole(kind, at)
    return
  }
  if (table.facts(id).live) {
    expect(problem(() => edit({ do: 'allow', classes: null }))).toMatchObject({ code: 'rows-fixed' })
    return
  }
  const order = table
    .reader(id)
    .order()
    .map((row) => row.id)
  const one = order[at % Math.max(1, order.length)] ?? null
  const some = Int32Array.from(order.filter((_, k) => (k + at) % (many + 1) === 0))
  if (kind === 0 || one === null) insert([text, `${text} x`].slice(0, 1 + (many % 2)), one)
  else if (kind === 1) edit({ do: 'remove', ids: some })
  else if (kind === 2) edit({ do: 'duplicate', ids: some.slice(0, 3) })
  else if (kind === 3) edit({ do: 'move', ids: some.filter((other) => other !== one), after: one })
  else if (kind === 4)
    edit({
      do: 'set',
      cells: [
        { id: one, field: 'inputs', value: text },
        { id: one, field: 'note', value: text },
      ],
    })
  else if (kind === 5) edit({ do: 'replace', in: 'inputs', find: 'a', by: text.trim() || 'b' })
  else if (kind === 6)
    edit({ do: 'split', how: { by: at % 2 ? 'random' : 'stratified', validation: 0.2, test: 0.2, seed: at } })
  else edit({ do: 'allow', vocabulary: many ? ['a', 'b', text || 'c'] : null, classes: null })
}
function ofTheWhole(kind: number, at: number): void {
  if (kind === 8) edit({ do: 'draw', recipe: { task: { id: 'agreement' }, seed: at % 3, rows: 10 + at } })
  else if (kind === 9) edit({ do: 'freeze' })
  else {
    const clues = { task: { id: 'clue-en' }, seed: at, rows: 12 }
    const header = at % 2 ? sketch(clues).header : sentences
    table.copies.put('set@1', String(at), { header, live: null }, at % 2 ? drawRows(clues) : [])
    edit({ do: 'restore', version: 1 })
  }
}
const faults = () => database.prepare('SELECT id, fault FROM sequences ORDER BY id').all()

describe('undo and the log', () => {
  it('take every edit back to the letter, and do it again', () => {
    fc.assert(
      fc.property(edits, (list) => {
        open()
        const states = [[content(), faults()]]
        for (const step of list) {
          act(step)
          if (views.state(id).revision === states.length) states.push([content(), faults()])
        }
        for (let k = states.length - 2; k >= 0; k--) {
          expect(table.undo(id)).toBe(true)
          expect([content(), faults()]).toEqual(states[k])
        }
        expect(table.undo(id)).toBe(false)
        for (const state of states.slice(1)) {
          expect(table.redo(id)).toBe(true)
          expect([content(), faults()]).toEqual(state)
        }
        expect(table.redo(id)).toBe(false)
        database.close()
      }),
      { numRuns: 60 },
    )
    open()
  })

  it('come to what is left of changes that were taken back', () => {
    for (const text of ['a', 'b', 'c']) insert([text])
    table.undo(id)
    table.undo(id)
    table.redo(id)
    const done = table.log.history(id)
    expect(done.between(0, done.length).map(({ seq }) => seq)).toEqual([1, 2])
    // From the third on, the third itself is taken back.
    expect(done.between(3, done.length)).toEqual([{ seq: 3, isUndo: true }])
    expect([2, 3, 4, 6].map((entry) => done.isAsAfter(entry))).toEqual([true, false, true, true])
  })

  it('replayed from nothing, the log gives what is there', () => {
    fc.assert(
      fc.property(edits, fc.array(fc.boolean(), { maxLength: 12 }), (list, turns) => {
        open()
        for (const step of list) act(step)
        for (const back of turns) back ? table.undo(id) : table.redo(id)
        // What a process that starts anew reads off the log.
        const again = new SequenceTable(database)
        expect(again.log.history(id)).toEqual(table.log.history(id))
        const { length } = table.log.history(id)
        const kinds = database.prepare('SELECT seq, kind FROM sequence_log ORDER BY seq').all() as {
          seq: number
          kind: string
        }[]
        const rows = new Map<number, object>()
        const done: number[] = []
        const undone: number[] = []
        const apply = (seq: number, back: boolean) => {
          const change = table.log.change(id, seq)
          for (const { id: row, after } of (back ? inverse(change) : change).rows) {
            if (after === null) rows.delete(row)
            else rows.set(row, { ...rows.get(row), ...after })
          }
        }
        for (const { seq, kind } of kinds) {
          if (kind === 'change') {
            undone.length = 0
            done.push(seq)
            apply(seq, false)
          } else if (kind === 'undo') {
            const last = done.pop() as number
            undone.push(last)
            apply(last, true)
          } else {
            const last = undone.pop() as number
            done.push(last)
            apply(last, false)
          }
        }
        expect(kinds.length).toBe(length)
        const stored = table.facts(id).live
          ? []
          : Array.from(table.reader(id).rows(), ({ id: row, ...fields }) => [row, { ...fields }] as const)
        expect(new Map(stored)).toEqual(rows)
        database.close()
      }),
      { numRuns: 60 },
    )
    open()
  })

  it.each(Object.keys(setFormats) as (keyof typeof setFormats)[])('%s brings back what was written', (format) => {
    fc.assert(
      fc.property(edits, (list) => {
        open()
        for (const step of list) act(step)
        const written = setFormats[format].write(table.facts(id).header, [...table.reader(id).rows()])
        const { header, rows } = readOwn(written, 'a') as SetFile
        expect(writeSetFile(header, rows).toString()).toBe(content())
        database.close()
      }),
      { numRuns: 40 },
    )
    open()
  })
})

describe('a live set', () => {
  const recipe = { task: { id: 'agreement', maxDistance: 8, testDistance: 10 }, seed: 5, rows: 30 }
  const kept = () => database.prepare('SELECT COUNT(*) AS n FROM sequences').get()

  it('keeps what draws its rows, and shows them in every way as others are shown', () => {
    edit({ do: 'draw', recipe })
    expect(kept()).toEqual({ n: 0 })
    expect(content()).toBe(writeSetFile(table.facts(id).header, drawRows(recipe)).toString())
    expect(views.state(id)).toMatchObject({
      live: { seed: 5 },
      rows: 30,
      inParts: { train: 24, validation: 3, test: 3 },
      faulty: 0,
      tags: ['attractors', 'distance'],
      undo: 'draw',
    })
    const ids = views.ids(id, { split: 'test', sort: { by: 'tag:distance', descending: true } })
    expect(views.page(id, ids).rows.map(({ number }) => number)).toEqual([...ids])
    expect(views.preview(id).split('\n')).toHaveLength(6)
    expect(problem(() => insert(['a']))).toMatchObject({ code: 'rows-fixed' })
    // Another process draws the same.
    const drawn = content()
    database.exec('DELETE FROM copied_sequences; DELETE FROM copied_sets')
    expect(content()).toBe(drawn)
  })

  it('turns its dials, is frozen and edited, and goes all the way back', () => {
    insert(['by hand'])
    const hand = content()
    edit({ do: 'draw', recipe })
    edit({ do: 'draw', recipe })
    edit({ do: 'draw', recipe: { ...recipe, seed: 6 } })
    const drawn = content()
    edit({ do: 'freeze' })
    expect([content(), kept()]).toEqual([drawn, { n: 30 }])
    // Row 1 was another, by hand: no id is given twice.
    expect([...views.ids(id, {})]).toEqual(Array.from({ length: 30 }, (_, k) => k + 2))
    edit({ do: 'remove', ids: Int32Array.of(2) })
    expect(views.state(id)).toMatchObject({ live: null, rows: 29, revision: 5 })
    table.undo(id)
    table.undo(id)
    expect([content(), views.state(id).live?.seed, kept()]).toEqual([drawn, 6, { n: 0 }])
    table.undo(id)
    expect(views.state(id).live?.seed).toBe(5)
    table.undo(id)
    expect([content(), views.state(id)]).toMatchObject([hand, { live: null, rows: 1 }])
    expect(problem(() => edit({ do: 'draw', recipe: { ...recipe, task: { id: 'text', file: 'a' } } })).code).toBe(
      'spec-invalid',
    )
  })
})

describe('sets at hand', () => {
  const put = (name: string) => table.copies.put(name, name, { header: sentences, live: null }, [])
  it('are put there once, while rows of others come and go, and read for a splitting meanwhile', async () => {
    insert(Array.from({ length: 20 }, (_, k) => `row ${k}`))
    const recipe = { task: { id: 'adding', length: 300 }, seed: 1, rows: 300 }
    edit({ do: 'draw', recipe })
    const ready = [table.ready(id), table.ready(id)]
    await wait(1)
    // Drawn at once meanwhile: what is under way finds it there.
    const drawn = content()
    await Promise.all(ready)
    expect(content()).toBe(drawn)
    table.undo(id)
    const seen: number[] = []
    for (const row of table.reader(id).splits({ by: 'random', validation: 0, test: 0, seed: 1 })) {
      seen.push(row.id)
      if (row.id === 3) insert(['last'], 20)
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, k) => k + 1))
  })

  it('go when they were looked at longest ago, not while one is looked at', () => {
    put('set@1')
    for (let version = 2; version < 9; version++) {
      put(`set@${version}`)
      expect(views.state('set@1')).toMatchObject({ shows: 1, rows: 0 })
    }
    expect(problem(() => views.state('set@4')).code).toBe('not-found')
    expect(views.state('set@8').rows).toBe(0)
  })
})

describe('numbers', () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -3, max: 3 }),
  )
  const kinds = [
    ['value', 1, value],
    ['class', 2, fc.option(fc.stringMatching(/^[ab", ]{1,3}$/))],
    ['next', 2, fc.constant(null)],
    ['every-step', 1, fc.option(fc.array(value, { maxLength: 3 }))],
  ] as const
  it.each(kinds)('with %s come back from every format to the last bit', (target, channels, answer) => {
    const header = { inputs: 'numbers', target, classes: null, channels: ['x', 'y'].slice(0, channels) } as SetHeader
    const step: fc.Arbitrary<unknown> = channels === 1 ? value : fc.array(value, { minLength: 2, maxLength: 2 })
    const row = fc.record({
      inputs: fc.array(step, { maxLength: 4 }),
      target: answer,
      split: fc.constantFrom('train', 'test'),
      note: fc.string({ maxLength: 5 }),
    })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (list) => {
        const rows = list.map((each) => storeRow(header, each, 'row'))
        for (const { write } of Object.values(setFormats)) {
          const own = readOwn(write(header, rows), 'a') as SetFile
          // -0 is 0 in JSON already.
          expect(writeSetFile(own.header, own.rows).toString()).toBe(writeSetFile(header, rows).toString())
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('rows', () => {
  it('name the line of a set file that does not fit', () => {
    const file = (...lines: string[]) => new TextEncoder().encode(lines.join('\n'))
    const head = '{"format":"unroll-sequences/1","inputs":"numbers","target":"value","channels":["x"]}'
    expect(readSetFile(file(head, '{"inputs":[1,null],"target":2}', ''), 'a.jsonl').rows).toHaveLength(1)
    expect(problem(() => readSetFile(file(head, '{"inputs":["a"]}'), 'a.jsonl')).message).toMatch(/a\.jsonl, line 2/)
    expect(problem(() => readSetFile(file(head, '{"inputs":[1]', ''), 'a.jsonl'))).toMatchObject({
      code: 'format-invalid',
      details: { line: 2 },
    })
    expect(problem(() => readSetFile(file('{"format":"other"}'), 'a.jsonl')).code).toBe('format-invalid')
    expect(problem(() => readSetFile(new Uint8Array(0), 'a.jsonl')).code).toBe('format-invalid')
  })

  it('cut a text by the tokenizer of the header', () => {
    const cut = (tokenizer: object, inputs: string) =>
      JSON.parse(storeRow({ ...sentences, tokenizer } as SetHeader, { inputs }, 'row 1').inputs)
    expect(cut({ id: 'characters' }, '冰糖 甜')).toEqual(['冰', '糖', ' ', '甜'])
    expect(cut({ id: 'words' }, '这块糖味道真甜。The cats were')).toEqual([
      '这',
      '块',
      '糖',
      '味道',
      '真',
      '甜',
      '。',
      'The',
      'cats',
      'were',
    ])
    expect(cut({ id: 'pattern', pattern: '[a-z]+|\\d' }, 'ab12-c')).toEqual(['ab', '1', '2', 'c'])
    expect(problem(() => cut({ id: 'pattern', pattern: '(' }, 'a'))).toMatchObject({ code: 'row-invalid' })
    expect(problem(() => cut({ id: 'pattern', pattern: '(a+)+$' }, `${'a'.repeat(40)}b`)).message).toMatch(/timed out/)
  })
})
