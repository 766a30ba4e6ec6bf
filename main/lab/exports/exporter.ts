import type { Model } from '../../../shared/model.ts'
import type { Rows } from '../../../shared/telemetry.ts'
import type { FileSet } from '../files.ts'

/** A trained run, as every exporter receives it. */
export interface ExportedRun {
  readonly model: Model
  readonly rows: Rows
}

/** A form in which a run is taken home: one file beside this, one line in registry.ts. */
export interface ModelExporter {
  readonly id: string
  /** Throws LabError `model-invalid` where this form cannot hold the model. */
  files(run: ExportedRun): FileSet
}
