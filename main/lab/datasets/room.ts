import type { Dataset, Handlers } from '../../../shared/contract.ts'
import { fileName } from '../naming.ts'
import type { StoredDataset } from '../workspace/datasets.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { Insights } from './insights.ts'
import { readOwn, setFormats } from './set-export.ts'
import { inspectFile } from './source.ts'

/** What the page can do with datasets. */
export function datasetRoom({ datasets, sequences, views }: Workspace): Pick<Handlers, 'datasets'> {
  const insights = new Insights(sequences)
  const stateAfter = (id: string, act: () => unknown) => {
    datasets.get(id)
    act()
    return views.state(id)
  }
  return {
    datasets: {
      async import({ name, bytes }) {
        const own = readOwn(bytes, name)
        if (!own) return publicDataset(await datasets.add(name, inspectFile(name, bytes), bytes))
        const { header, rows } = own
        const id = datasets.beginSet(name.replace(/\.(jsonl|csv|npz)$/i, ''), header)
        sequences.append(id, rows)
        return publicDataset(datasets.finish(id))
      },
      create(name, header) {
        const id = datasets.beginSet(name, header)
        return publicDataset(datasets.finish(id))
      },
      list: () => datasets.list().map(publicDataset),
      rename: (id, name) => publicDataset(datasets.rename(id, name)),
      remove: (id) => datasets.remove(id),
      restore: (id) => datasets.restore(id),
      state: (id) => stateAfter(id, () => {}),
      edit: (id, edit) => stateAfter(id, () => sequences.edit(id, edit)),
      undo: (id) => stateAfter(id, () => sequences.undo(id)),
      redo: (id) => stateAfter(id, () => sequences.redo(id)),
      rows: (id, view) => views.ids(id, view),
      page: (id, ids) => views.page(id, ids),
      insight: (id) => insights.of(id),
      export(id, format) {
        const { name } = datasets.get(id)
        const { extension, write } = setFormats[format]
        const { header, rows } = sequences.reader(id)
        return { name: `${fileName(name)}.${extension}`, bytes: write(header, [...rows()]) }
      },
    },
  }
}

function publicDataset({ hash: _hash, ...dataset }: StoredDataset): Dataset {
  return dataset
}
