import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { CellSpec, RunSpec, TrainingSpec } from '../../shared/spec.ts'
import { cells } from '../engine/cells/catalogue.ts'
import { optimizers } from '../engine/optimizers/registry.ts'
import { tasks } from '../engine/tasks/registry.ts'

/** JSON Schema has limits that are not themselves allowed; the converter does not know these two yet. */
const openLimits: Readonly<Record<string, string>> = { gt_value: 'exclusiveMinimum', lt_value: 'exclusiveMaximum' }

/**
 * RUN.json as JSON Schema, for editors: the spec with every task of the registry in place of the open
 * one, and cells and optimisers by name. Shipped as run.schema.json, which a test holds to this; to write
 * it anew: `node main/cli/run-schema.ts > main/cli/run.schema.json`, then format it.
 */
export function runSchema(): Readonly<Record<string, unknown>> {
  const cell = v.strictObject({ ...CellSpec.entries, cell: v.picklist(cells.map(({ id }) => id)) })
  const training = v.strictObject({
    ...TrainingSpec.entries,
    optimizer: v.optional(v.picklist(optimizers.map(({ id }) => id)), TrainingSpec.entries.optimizer.default),
  })
  const spec = v.strictObject({
    ...RunSpec.entries,
    task: v.union(Object.values(tasks).map(({ schema }) => schema)),
    cells: v.pipe(v.array(cell), v.minLength(1), v.maxLength(8)),
    training: v.optional(training, {}),
  })
  return {
    title: 'RUN.json of Unroll: what to train',
    ...toJsonSchema(spec, {
      typeMode: 'input',
      overrideAction({ valibotAction, jsonSchema }) {
        const keyword = openLimits[valibotAction.type]
        if (!keyword) return undefined
        return { ...jsonSchema, [keyword]: (valibotAction as unknown as { requirement: number }).requirement }
      },
    }),
  }
}

if (import.meta.main) console.log(JSON.stringify(runSchema(), null, 2))
