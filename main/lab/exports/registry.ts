import type { FileDownload, ModelFormat } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import { writeZip } from '../formats/zip.ts'
import type { ExportedRun, ModelExporter } from './exporter.ts'
import { modelFolder } from './model.ts'
import { tfjs } from './tfjs.ts'

/** Every form a model can be taken home in. A new one is a file beside these and a line here. */
const exporters: readonly ModelExporter[] = [modelFolder, tfjs]

export const modelFormats: ModelFormat[] = exporters.map(({ id }) => ({ id, extension: 'zip' }))

/** A zip with one folder `name`. Throws LabError `not-found` for an unknown format. */
export function exportModel(name: string, format: string, run: ExportedRun): FileDownload {
  const exporter = exporters.find(({ id }) => id === format)
  if (!exporter) {
    const known = exporters.map(({ id }) => id).join(', ')
    throw new LabError('not-found', `There is no format "${format}".`, `Use one of: ${known}.`, { format })
  }
  const files = Object.entries(exporter.files(run)).map(([file, bytes]) => [`${name}/${file}`, bytes])
  return { name: `${name}-${format}.zip`, bytes: writeZip(Object.fromEntries(files)) }
}
