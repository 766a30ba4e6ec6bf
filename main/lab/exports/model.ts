import { writeNpz } from '../../../shared/npz.ts'
import { flowArrays, historyCsv } from '../formats/history.ts'
import { modelFiles } from '../formats/model-folder.ts'
import type { ModelExporter } from './exporter.ts'

/** The model folder: weights under PyTorch's names, and what its training reported. */
export const modelFolder: ModelExporter = {
  id: 'model',
  files: ({ model, rows }) => ({
    ...modelFiles(model),
    'history.csv': new TextEncoder().encode(historyCsv(rows.history)),
    'flow.npz': writeNpz(flowArrays(rows.flow)),
  }),
}
