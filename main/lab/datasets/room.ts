import type { Dataset, Handlers } from '../../../shared/contract.ts'
import { parseRef, type SetHeader } from '../../../shared/sequences.ts'
import { fileName } from '../naming.ts'
import type { StoredDataset } from '../workspace/datasets.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { copied } from './copy.ts'
import { completed, sketch } from './generate.ts'
import { Insights } from './insights.ts'
import { occurrences } from './occurrences.ts'
import type { StoredRow } from './rows.ts'
import { readOwn, setFormats } from './set-export.ts'
import { inspectFile } from './source.ts'

/** What the page can do with datasets. */
export function datasetRoom({ datasets, sequences, views, versions }: Workspace): Pick<Handlers, 'datasets'> {
  const insights = new Insights(sequences)
  const stateAfter = async (id: string, act: () => unknown) => {
    datasets.check(id)
    await act()
    await sequences.ready(id)
    return views.state(id)
  }
  const addSet = (name: string, header: SetHeader, rows: readonly StoredRow[]) => {
    const id = datasets.beginSet(name, { header, live: null })
    sequences.append(id, rows)
    return publicDataset(datasets.finish(id))
  }
  /** Looks at a dataset, or at a version of it, when its rows are at hand. */
  const looking = async <T>(ref: string, look: () => T | Promise<T>): Promise<T> => {
    const [id, version] = parseRef(ref)
    datasets.check(id)
    await (version === null ? sequences.ready(id) : versions.open(id, version))
    return look()
  }
  return {
    datasets: {
      async import({ name, bytes }) {
        const own = readOwn(bytes, name)
        if (!own) return publicDataset(await datasets.add(name, inspectFile(name, bytes), bytes))
        return addSet(name.replace(/\.(jsonl|csv|npz)$/i, ''), own.header, own.rows)
      },
      create: (name, header) => addSet(name, header, []),
      list: () => datasets.list().map(publicDataset),
      rename: (id, name) => publicDataset(datasets.rename(id, name)),
      remove: (id) => datasets.remove(id),
      restore: (id) => datasets.restore(id),
      state: (ref) => looking(ref, () => views.state(ref)),
      edit: (id, edit) =>
        stateAfter(id, async () => {
          if (edit.do === 'restore') return versions.restore(id, edit.version)
          // Rows that are about to stay have to be there.
          if (edit.do === 'freeze') await sequences.ready(id)
          sequences.edit(id, edit)
        }),
      undo: (id) => stateAfter(id, () => sequences.undo(id)),
      redo: (id) => stateAfter(id, () => sequences.redo(id)),
      versions(id) {
        datasets.check(id)
        return versions.list(id)
      },
      rows: (ref, view) => looking(ref, () => views.ids(ref, view)),
      page: (ref, ids) => looking(ref, () => views.page(ref, ids)),
      copy: (ref, ids) => looking(ref, () => copied(sequences.facts(ref).header, sequences.rows(ref).some(ref, ids))),
      occurrences: (ref, find, ids) => looking(ref, () => occurrences(sequences.reader(ref), find, ids)),
      insight: (ref) => looking(ref, () => insights.of(ref)),
      sketch: (task, seed) => sketch({ task, seed }).rows,
      generate(name, recipe) {
        const live = completed(recipe)
        const id = datasets.beginSet(name, { header: sketch(live).header, live })
        return publicDataset(datasets.finish(id))
      },
      export: (ref, format) =>
        looking(ref, () => {
          const { extension, write } = setFormats[format]
          const { header, rows } = sequences.reader(ref)
          const [id, version] = parseRef(ref)
          const file = fileName([datasets.get(id).name, version].join(' '))
          return { name: `${file}.${extension}`, bytes: write(header, [...rows()]) }
        }),
    },
  }
}

function publicDataset({ hash: _hash, ...dataset }: StoredDataset): Dataset {
  return dataset
}
