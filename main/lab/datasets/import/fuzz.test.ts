import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LabError } from '../../../../shared/errors.ts'
import { ndarray } from '../../../../shared/ndarray.ts'
import { writeNpy, writeNpz } from '../../../../shared/npz.ts'
import type { SetHeader } from '../../../../shared/sequences.ts'
import type { StoredRow } from '../rows.ts'
import { readOwn, setFormats } from '../set-export.ts'
import { inspectFile } from '../source.ts'
import { previewOf } from './import.ts'
import { readAll } from './reading.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-fuzz-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const utf8 = (text: string) => new TextEncoder().encode(text)
const matrix = ndarray([2, 2], Float32Array.of(1, 2, 3, 4))
const header: SetHeader = {
  inputs: 'tokens',
  target: 'class',
  classes: null,
  vocabulary: null,
  tokenizer: { id: 'words' },
}
const rows: StoredRow[] = [
  { steps: 2, inputs: '["a","b"]', target: '"x"', split: 'train', tags: '{"k":"1"}', note: '' },
  { steps: 1, inputs: '["冰"]', target: 'null', split: 'test', tags: '{}', note: 'n' },
]

/** A file of every kind that is read. */
const seeds: readonly (readonly [name: string, content: Uint8Array])[] = [
  ['a.csv', utf8('id,t,x,label\na,1,0.5,p\na,2,1.5,q\nb,1,-2e3,"x ""y"""\n')],
  ['w.csv', utf8(`${Array.from({ length: 9 }, (_, k) => `t${k}`)}\r\n${'1,2,3,4,5,,7,8,9\r\n'.repeat(3)}`)],
  ['a.tsv', utf8('text\tlabel\nthe cat was\tA\n冰糖 很甜\tB\n')],
  ['a.txt', utf8('第一行\nsecond line\n\nthird\n')],
  ['a.jsonl', utf8('{"inputs":["a","b"],"target":"x"}\n{"inputs":["b"],"target":null}\n')],
  ['a.json', utf8('[{"inputs":[1,2],"target":3},{"inputs":[],"target":1}]')],
  ['a.npz', writeNpz({ inputs: matrix, targets: ndarray([2, 1], Float32Array.of(1, 2)) })],
  ['a.npy', writeNpy(matrix)],
  ['set.jsonl', setFormats.jsonl.write(header, rows)],
  ['set.csv', setFormats.csv.write(header, rows)],
  ['set.npz', setFormats.npz.write(header, rows)],
]

/** Every way that a file can come in by. */
const importers: readonly ((path: string, name: string, bytes: Uint8Array) => unknown)[] = [
  async (path, name) => {
    const { settings, rows: first } = await previewOf(path, name)
    for (const row of first) expect(typeof row.split).toBe('string')
    await readAll(path, settings)
  },
  (_, name, bytes) => readOwn(bytes, name),
  (_, name, bytes) => inspectFile(name, bytes),
]

const mutation = fc.record({
  seed: fc.nat(seeds.length - 1),
  edits: fc.array(
    fc.record({ at: fc.nat(1500), kind: fc.nat(3), bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }) }),
    { minLength: 1, maxLength: 5 },
  ),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

function mutated({ seed, edits }: Mutation): Uint8Array {
  let [, bytes] = seeds[seed] as (typeof seeds)[number]
  for (const { at, kind, bytes: other } of edits) {
    const place = at % (bytes.length + 1)
    const rest = bytes.subarray(place + (kind === 1 ? other.length : kind === 2 ? 3 : 0))
    const added = kind === 2 ? [] : other
    bytes = Uint8Array.from([...bytes.subarray(0, place), ...added, ...(kind === 3 ? utf8('",\n') : []), ...rest])
  }
  return bytes
}

const mutants = 10_000

it(`reads or refuses ${mutants} mutated files, and never fails in another way`, { timeout: 300_000 }, async () => {
  let refused = 0
  await fc.assert(
    fc.asyncProperty(mutation, async (made) => {
      const [name] = seeds[made.seed] as (typeof seeds)[number]
      const bytes = mutated(made)
      const path = join(folder, name)
      await writeFile(path, bytes)
      for (const read of importers) {
        try {
          await read(path, name, bytes)
        } catch (error) {
          refused++
          expect(error).toBeInstanceOf(LabError)
          const { code, message } = error as LabError
          expect(code).not.toBe('internal')
          // Settings that make no sequences are no mistake of the file's.
          if (code !== 'spec-invalid') expect(message).toContain(name)
        }
      }
    }),
    { numRuns: mutants },
  )
  // Mutations that everything accepts, or nothing, would show nothing.
  expect(refused).toBeGreaterThan(mutants * 0.3)
  expect(refused).toBeLessThan(mutants * importers.length * 0.9)
})
