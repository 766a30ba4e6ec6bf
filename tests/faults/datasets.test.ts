import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLab, type OpenLab } from '../../main/lab/index.ts'
import { Workspace } from '../../main/lab/workspace/workspace.ts'
import { errorData } from '../../shared/errors.ts'
import type { Edit, SetHeader } from '../../shared/sequences.ts'
import { canMount, mounted } from '../engines/mount.ts'

const header: SetHeader = {
  inputs: 'tokens',
  target: 'class',
  classes: null,
  vocabulary: null,
  tokenizer: { id: 'whitespace' },
}
/** Twenty rows whose words are no others', so that nothing about them is small on the disk. */
const rowsOf = (k: number): Edit => ({
  do: 'insert',
  after: null,
  rows: Array.from({ length: 20 }, (_, row) => ({
    inputs: Array.from({ length: 300 }, (_each, t) => ((k * 20 + row) * 300 + t).toString(36)),
    target: 'x',
    split: 'train' as const,
    tags: {},
    note: '',
  })),
})
const failureOf = async (act: () => unknown) => {
  try {
    await act()
  } catch (error) {
    return errorData(error)
  }
  return undefined
}

describe.skipIf(!canMount)('a workspace on a file system (one is mounted)', () => {
  let disk: string
  let mount: Disposable | undefined
  /** Closed whatever becomes of the test: else nothing could be unmounted. */
  const opened = new Set<{ close(): unknown }>()
  beforeEach(async () => {
    disk = await mkdtemp(join(tmpdir(), 'unroll-disk-'))
  })
  afterEach(async () => {
    for (const each of [...opened]) await closed(each)
    mount?.[Symbol.dispose]()
    mount = undefined
    await rm(disk, { recursive: true })
  })
  const small = () => {
    mount = mounted(disk, '-t', 'tmpfs', '-o', 'size=4m', 'none')
  }
  const openLab = async () => {
    const lab = await createLab({ workspace: disk })
    opened.add(lab)
    return lab
  }
  const closed = async (lab: { close(): unknown }) => {
    opened.delete(lab)
    await lab.close()
  }
  const filler = () => join(disk, 'filler')
  /** Takes all room but this many bytes; removing the filler gives it back. */
  const fill = async (left: number) => {
    const { bavail, bsize } = await statfs(disk)
    await writeFile(filler(), new Uint8Array(bavail * bsize - left))
  }
  const content = async ({ handlers }: OpenLab, id: string) =>
    new TextDecoder().decode((await handlers.datasets.export(id, 'jsonl')).bytes)

  test('that is full refuses the edit, keeps all before it, and goes on when there is room', async () => {
    small()
    await fill(2 << 20)
    let lab = await openLab()
    const { id } = await lab.handlers.datasets.create('a', header)
    let edits = 0
    let problem: Awaited<ReturnType<typeof failureOf>>
    while (!problem) problem = await failureOf(() => lab.handlers.datasets.edit(id, rowsOf(edits++)))
    expect(problem.code).toBe('disk-full')
    expect(await lab.handlers.datasets.state(id)).toMatchObject({ rows: 20 * (edits - 1), revision: edits - 1 })
    const before = await content(lab, id)
    expect(await failureOf(() => lab.handlers.datasets.edit(id, rowsOf(edits)))).toMatchObject({ code: 'disk-full' })
    expect(await content(lab, id)).toBe(before)

    await rm(filler())
    expect(await lab.handlers.datasets.edit(id, rowsOf(edits))).toMatchObject({ rows: 20 * edits, revision: edits })
    expect(await lab.handlers.datasets.undo(id)).toMatchObject({ rows: 20 * (edits - 1), redo: 'insert' })
    await closed(lab)
    lab = await openLab()
    expect(await content(lab, id)).toBe(before)
    expect(await lab.handlers.datasets.redo(id)).toMatchObject({ rows: 20 * edits, revision: edits + 2 })
    await closed(lab)
  })

  test('that is full keeps no half of a version', async () => {
    small()
    const workspace = await Workspace.open(disk)
    opened.add(workspace)
    const { datasets, sequences, versions } = workspace
    const id = datasets.beginSet('a', { header, live: null })
    datasets.finish(id)
    for (let k = 0; k < 5; k++) sequences.edit(id, rowsOf(k))
    await fill(64 << 10)
    expect(await failureOf(() => versions.keep(id))).toMatchObject({ code: 'disk-full' })
    expect(versions.list(id)).toEqual([])
    await rm(filler())
    expect(await versions.keep(id)).toMatchObject({ version: 1 })
    await closed(workspace)
    const objects = readdirSync(join(disk, 'objects'), { recursive: true, withFileTypes: true })
    expect(objects.filter((entry) => entry.isFile())).toHaveLength(1)
  })

  test('that is full still shows a live set and a version, and refuses what would be kept', async () => {
    small()
    const lab = await openLab()
    const { datasets } = lab.handlers
    const recipe = (seed: number) => ({ task: { id: 'adding' as const, length: 100 }, seed, rows: 400 })
    const { id } = await datasets.generate('sums', recipe(1))
    const before = await content(lab, id)
    await fill(0)
    expect(await failureOf(() => datasets.edit(id, { do: 'freeze' }))).toMatchObject({ code: 'disk-full' })
    expect(await datasets.state(id)).toMatchObject({ rows: 400, live: { seed: 1 }, revision: 0 })
    expect(await content(lab, id)).toBe(before)
    await rm(filler())
    expect(await datasets.edit(id, { do: 'draw', recipe: recipe(2) })).toMatchObject({ live: { seed: 2 }, revision: 1 })
    expect(await datasets.edit(id, { do: 'freeze' })).toMatchObject({ live: null, rows: 400, revision: 2 })
    await closed(lab)
  })

  test('that becomes full while a file is handed over or read leaves no part of it', async () => {
    small()
    const lab = await openLab()
    const { imports, datasets } = lab.handlers
    const lines = Array.from(
      { length: 12_000 },
      (_, k) => `${k} some words that are a sentence of their own ${k * 7}\n`,
    )
    const bytes = new TextEncoder().encode(lines.join(''))
    const half = bytes.length >> 1
    await fill(half + 4096)
    const id = await imports.begin('words.txt', bytes.length)
    await imports.add(id, bytes.subarray(0, half))
    expect(await failureOf(() => imports.add(id, bytes.subarray(half)))).toMatchObject({ code: 'disk-full' })
    await rm(filler())
    // The same piece again: the first try has left nothing in the file.
    await imports.add(id, bytes.subarray(half))
    expect(await readFile(join(disk, 'uploads', id))).toEqual(Buffer.from(bytes))

    const { settings } = await imports.preview(id)
    await fill(256 << 10)
    const ended = async () => {
      for (;;) {
        const progress = await imports.progress(id)
        if (progress.state !== 'reading') return progress
        await wait(5)
      }
    }
    await imports.run(id, settings, 'words')
    expect(await ended()).toMatchObject({ state: 'ready', problem: { code: 'disk-full' } })
    expect(await datasets.list()).toEqual([])
    await imports.cancel(id)
    expect(readdirSync(join(disk, 'uploads'))).toEqual([])
    await closed(lab)

    const again = await openLab()
    await closed(again)
    const database = new DatabaseSync(join(disk, 'lab.sqlite'), { readOnly: true })
    expect(database.prepare('SELECT COUNT(*) AS n FROM sequences').get()).toEqual({ n: 0 })
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    database.close()
  })

  test('that is read-only is not opened, says why, and stays what it was', async () => {
    const lab = await openLab()
    const { id } = await lab.handlers.datasets.create('a', header)
    await lab.handlers.datasets.edit(id, rowsOf(0))
    const before = await content(lab, id)
    await closed(lab)
    {
      using _mount = mounted(disk, '--bind', disk)
      execFileSync('mount', ['-o', 'remount,bind,ro', disk])
      const problem = await failureOf(() => createLab({ workspace: disk }))
      expect(problem).toMatchObject({ code: 'workspace-invalid', message: expect.stringContaining(disk) })
      expect(problem?.hint).toContain('permissions')
      expect(await failureOf(() => writeFile(filler(), 'x'))).toMatchObject({ code: 'read-only' })
    }
    const again = await openLab()
    expect(await content(again, id)).toBe(before)
    await closed(again)
  })
})

test('SQLite on what it may not write says so too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-readonly-'))
  const path = join(folder, 'a.sqlite')
  new DatabaseSync(path).exec('CREATE TABLE a (x)')
  const database = new DatabaseSync(path, { readOnly: true })
  expect(await failureOf(() => database.exec('INSERT INTO a VALUES (1)'))).toMatchObject({ code: 'read-only' })
  database.close()
  await rm(folder, { recursive: true })
})
