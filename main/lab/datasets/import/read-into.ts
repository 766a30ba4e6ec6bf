import { setImmediate as turn } from 'node:timers/promises'
import { LabError } from '../../../../shared/errors.ts'
import type { ImportSettings } from '../../../../shared/import.ts'
import { type Splitting, setLimits } from '../../../../shared/sequences.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import { type SplitRow, splitting } from '../splits.ts'
import { inTurns } from '../turns.ts'
import { headerOf } from './assemble.ts'
import { batchRows, fileSource, readFile } from './import.ts'

/** Reads a file into a new dataset, and splits its rows as the settings say. Throws and leaves nothing. Returns its id. */
export async function readInto(
  workspace: Workspace,
  path: string,
  file: string,
  settings: ImportSettings,
  name: string,
  told: (part: { readonly bytes?: number; readonly rows?: number }) => void,
  signal: AbortSignal,
): Promise<string> {
  const { datasets, sequences, views } = workspace
  const id = datasets.beginSet(name, { header: headerOf(settings), live: null }, { file, settings })
  try {
    let rows = 0
    const source = fileSource(path, file, (bytes) => told({ bytes }))
    await readFile(
      source,
      settings,
      (batch) => {
        if (rows + batch.length > setLimits.rows) throw tooMany(file)
        sequences.append(id, batch)
        rows += batch.length
        told({ rows })
      },
      signal,
    )
    if (views.count(id) === 0) {
      throw new LabError(
        'file-empty',
        `${file} gives no sequence with these settings.`,
        'Choose other columns or a smaller window.',
        { file },
      )
    }
    if (settings.split) await split(workspace, id, settings.split, signal)
    datasets.finish(id)
    return id
  } catch (error) {
    datasets.discard(id)
    throw error
  }
}

/** Puts rows into their parts, while others get their turns. */
async function split({ sequences }: Workspace, id: string, how: Splitting, signal: AbortSignal): Promise<void> {
  const rows: SplitRow[] = []
  for await (const batch of inTurns(sequences.reader(id).splits(how))) {
    signal.throwIfAborted()
    for (const row of batch) rows.push(row)
  }
  const moved = splitting(rows, how)
  for (let at = 0; at < moved.length; at += batchRows) {
    signal.throwIfAborted()
    sequences.assign(id, moved.slice(at, at + batchRows))
    await turn()
  }
}

function tooMany(file: string): LabError {
  const message = `${file} gives more than ${setLimits.rows} sequences.`
  return new LabError('file-too-large', message, 'Choose longer steps between windows, or cut the file.', {
    file,
    limit: setLimits.rows,
  })
}
