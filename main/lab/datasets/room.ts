import type { Dataset, Handlers } from '../../../shared/contract.ts'
import type { SetHeader } from '../../../shared/sequences.ts'
import { fileName } from '../naming.ts'
import type { StoredDataset } from '../workspace/datasets.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { generateRows } from './generate.ts'
import { Insights } from './insights.ts'
import { type StoredRow, storeRow } from './rows.ts'
import { readOwn, setFormats } from './set-export.ts'
import { inspectFile } from './source.ts'

/** Rows drawn for a sketch, and how many of them are shown. */
const sketched = 20
const shownRows = 5

/** What the page can do with datasets. */
export function datasetRoom({ datasets, sequences, views }: Workspace): Pick<Handlers, 'datasets'> {
  const insights = new Insights(sequences)
  const stateAfter = (id: string, act: () => unknown) => {
    datasets.get(id)
    act()
    return views.state(id)
  }
  const addSet = (name: string, header: SetHeader, rows: readonly StoredRow[]) => {
    const id = datasets.beginSet(name, header)
    sequences.append(id, rows)
    return datasets.finish(id)
  }
  return {
    datasets: {
      async import({ name, bytes }) {
        const own = readOwn(bytes, name)
        if (!own) return publicDataset(await datasets.add(name, inspectFile(name, bytes), bytes))
        return publicDataset(addSet(name.replace(/\.(jsonl|csv|npz)$/i, ''), own.header, own.rows))
      },
      create: (name, header) => publicDataset(addSet(name, header, [])),
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
      sketch: (task, seed) => generateRows(task, seed, sketched).rows.slice(0, shownRows),
      generate(name, task, count, seed) {
        const { header, rows } = generateRows(task, seed, count)
        return publicDataset(
          addSet(
            name,
            header,
            rows.map((row, k) => storeRow(header, row, `row ${k + 1}`)),
          ),
        )
      },
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
