import { resolve } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { ImportSettings } from '../../../shared/import.ts'
import { parse } from '../../../shared/validation.ts'
import { previewOf } from '../../lab/datasets/import/import.ts'
import { readInto } from '../../lab/datasets/import/read-into.ts'
import { readInput } from '../../lab/files.ts'
import { toJson } from '../../lab/formats/numbers.ts'
import { Workspace } from '../../lab/workspace/workspace.ts'
import { type Command, exitCodes } from '../command.ts'

export const dataset: Command = {
  name: 'dataset',
  usage: 'dataset import FILE [--settings S.json] [--name NAME] [--workspace DIR] | dataset preview FILE',
  summary: 'Reads a file of sequences into the lab: .txt, .csv, .tsv, .jsonl, .json, .npz, .npy.',
  details: [
    '  import FILE          a dataset of the workspace; settings are guessed where none are given',
    '  preview FILE         prints the guessed settings and the first rows, and changes nothing',
    '  --settings S.json    settings as preview prints them, corrected',
    '  --name NAME          of the dataset (default: the file’s)',
    '  --workspace DIR      as for serve',
  ],
  options: { settings: { type: 'string' }, name: { type: 'string' }, workspace: { type: 'string' } },
  arity: [2, 2],
  async run({ positionals, values }, signal) {
    const [action, given] = positionals as [string, string]
    const path = resolve(given)
    const file = path.split(/[\\/]/).at(-1) as string
    // Refuses what is missing, a folder, or too large, as everywhere.
    await readInput(path, 0).catch((error: unknown) => {
      if (!(error instanceof LabError && error.code === 'file-too-large')) throw error
    })
    const settings = values.settings === undefined ? undefined : await readSettings(resolve(String(values.settings)))
    const preview = await previewOf(path, file, settings)
    if (action === 'preview') {
      console.log(toJson(preview))
      return exitCodes.done
    }
    if (action !== 'import')
      throw new LabError('usage', `dataset: there is no "${action}".`, `Usage: unroll ${dataset.usage}`)
    return importFile(path, file, preview.settings, values, signal)
  },
}

async function readSettings(path: string): Promise<ImportSettings> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(await readInput(path)))
  } catch (error) {
    if (error instanceof LabError) throw error
    throw new LabError(
      'spec-invalid',
      `${path} is not JSON: ${(error as Error).message}.`,
      'Start from: unroll dataset preview FILE',
      { file: path },
    )
  }
  const own = typeof json === 'object' && json !== null && 'settings' in json ? json.settings : json
  return parse(ImportSettings, own, 'spec-invalid', path)
}

async function importFile(
  path: string,
  file: string,
  settings: ImportSettings,
  values: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<number> {
  const workspace = await Workspace.open(typeof values.workspace === 'string' ? resolve(values.workspace) : undefined)
  const began = performance.now()
  let shown = 0
  let rows = 0
  let bytes = 0
  const megabytes = () => (bytes / 1e6).toFixed(0)
  try {
    const id = await readInto(
      workspace,
      path,
      file,
      settings,
      String(values.name ?? file.replace(/\.[^.]+$/, '')),
      (part) => {
        rows = part.rows ?? rows
        bytes = part.bytes ?? bytes
        if (performance.now() - shown < 1000) return
        shown = performance.now()
        process.stderr.write(`${megabytes()} MB read, ${rows} sequences\n`)
      },
      signal,
    )
    const seconds = (performance.now() - began) / 1000
    const peak = process.resourceUsage().maxRSS / 1024
    process.stderr.write(
      `${megabytes()} MB in ${seconds.toFixed(1)} s (${(bytes / 1e6 / seconds).toFixed(1)} MB/s), peak memory ${peak.toFixed(0)} MB\n`,
    )
    console.log(toJson({ dataset: id, name: workspace.datasets.get(id).name, rows, bytes }))
    return exitCodes.done
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted
    throw error
  } finally {
    workspace.close()
  }
}
