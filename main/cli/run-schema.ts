import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { CellSpec, RunSpec } from '../../shared/spec.ts'
import { cells } from '../engine/cells/catalogue.ts'
import { tasks } from '../engine/tasks/registry.ts'

/**
 * RUN.json as JSON Schema, for editors: the spec with every task of the registry in place of the open
 * one, and the cells by name. Shipped as run.schema.json, which a test holds to this; to write it anew:
 * `node main/cli/run-schema.ts > main/cli/run.schema.json`, then format it.
 */
export function runSchema(): Readonly<Record<string, unknown>> {
  const cell = v.strictObject({ ...CellSpec.entries, cell: v.picklist(cells.map(({ id }) => id)) })
  const spec = v.strictObject({
    ...RunSpec.entries,
    task: v.union(Object.values(tasks).map(({ schema }) => schema)),
    cells: v.pipe(v.array(cell), v.minLength(1), v.maxLength(8)),
  })
  return {
    title: 'RUN.json of Unroll: what to train',
    ...toJsonSchema(spec, {
      typeMode: 'input',
      // JSON Schema has the limit that is not itself allowed; the converter does not know it yet.
      overrideAction: ({ valibotAction, jsonSchema }) =>
        valibotAction.type === 'gt_value'
          ? { ...jsonSchema, exclusiveMinimum: (valibotAction as unknown as { requirement: number }).requirement }
          : undefined,
    }),
  }
}

if (import.meta.main) console.log(JSON.stringify(runSchema(), null, 2))
