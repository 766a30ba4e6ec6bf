import type { Dataset, Handlers } from '../../../shared/contract.ts'
import type { StoredDataset } from '../workspace/datasets.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { isSetFile, readSetFile } from './set-file.ts'
import { inspectFile } from './source.ts'

/** What the page can do with datasets. */
export function datasetRoom({ datasets, sequences, views }: Workspace): Pick<Handlers, 'datasets'> {
  const stateAfter = (id: string, act: () => unknown) => {
    datasets.get(id)
    act()
    return views.state(id)
  }
  return {
    datasets: {
      async import({ name, bytes }) {
        if (!isSetFile(bytes)) return publicDataset(await datasets.add(name, inspectFile(name, bytes), bytes))
        const { header, rows } = readSetFile(bytes, name)
        const id = datasets.beginSet(name.replace(/\.jsonl$/i, ''), header)
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
    },
  }
}

function publicDataset({ hash: _hash, ...dataset }: StoredDataset): Dataset {
  return dataset
}
