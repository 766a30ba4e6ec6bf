import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { backendIds } from '../main/engine/backends/registry.ts'
import { cells } from '../main/engine/cells/catalogue.ts'
import { optimizers } from '../main/engine/optimizers/registry.ts'
import type { TaskSource } from '../main/engine/protocol.ts'
import { tasks } from '../main/engine/tasks/registry.ts'
import { modelFormats } from '../main/lab/exports/registry.ts'
import { packIds } from '../main/lab/packs/recipes.ts'
import { en, type Messages } from '../renderer/i18n/en.ts'
import { zh } from '../renderer/i18n/zh.ts'
import { checkIds } from '../shared/contract.ts'
import { ScheduleSpec, TrainingSpec } from '../shared/spec.ts'

/**
 * Whatever the lab has, the page has words for: a task, a metric or an optimiser that is added without its
 * texts would be shown by its id.
 */
const languages: readonly (readonly [string, Messages])[] = [
  ['en', en],
  ['zh', zh],
]

const sources: Readonly<Record<string, { readonly fields: object; readonly source?: TaskSource }>> = {
  nothing: { fields: {} },
  text: { fields: { file: 'a', window: 2 }, source: { kind: 'text', text: 'abcdefgh'.repeat(20) } },
  tokens: {
    fields: { file: 'a' },
    source: {
      kind: 'tokens',
      target: 'class',
      lengths: Int32Array.of(2, 1, 1),
      parts: Uint8Array.of(0, 1, 2),
      classes: ['x', 'y'],
      tags: {},
      vocabulary: ['a'],
      ids: new Int32Array(4),
      targets: Int32Array.of(0, 1, 0),
    },
  },
  numbers: {
    fields: { file: 'a' },
    source: {
      kind: 'numbers',
      target: 'next',
      lengths: Int32Array.of(3, 2, 2),
      parts: Uint8Array.of(0, 1, 2),
      classes: [],
      tags: {},
      channels: ['x'],
      values: Float64Array.of(1, 2, 3, 4, 5, 6, 7),
      targets: new Float64Array(0),
    },
  },
  table: {
    fields: { file: 'a', target: 'x', window: 2 },
    source: {
      kind: 'table',
      columns: [{ name: 'x', values: Float64Array.from({ length: 60 }, Math.sin) }],
    },
  },
}

interface Property {
  readonly type?: string
  readonly enum?: readonly string[]
}

/** Missing texts: each a path, where its text is undefined or empty. */
const missing = (texts: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(texts).flatMap(([path, text]) => (text ? [] : [path]))

describe.each(languages)('in %s', (_, t) => {
  test.each(Object.values(tasks))('the task $id has words for all of it', ({ id, needs, schema, create }) => {
    const { fields, source } = sources[needs] as (typeof sources)[string]
    const { facts, tags } = create(v.parse(schema, { id, ...fields }), source, 1)
    const { properties = {} } = toJsonSchema(schema, { typeMode: 'input' })
    const own = t.taskFields[id] ?? {}
    const texts: Record<string, string | undefined> = {
      name: t.tasks[id],
      note: t.taskNotes[id],
      metric: t.metrics[facts.metric.id],
      'metric note': t.metricNotes[facts.metric.id],
      loss: t.answers.loss[facts.loss],
    }
    for (const [key, property] of Object.entries(properties) as [string, Property][]) {
      if (key === 'id') continue
      texts[`field ${key}`] = own[key]?.name ?? t.setup.fields[key]
      const isNumber = property.type === 'integer' || property.type === 'number'
      if (isNumber) texts[`field note ${key}`] = own[key]?.note ?? t.setup.fieldNotes[key]
      for (const option of property.enum ?? []) texts[`option ${key} ${option}`] = own[key]?.options?.[option]
    }
    for (const split of ['validation', 'test'] as const) {
      for (const baseline of facts.baselines[split]) texts[`baseline ${baseline.id}`] = t.baselines[baseline.id]
    }
    if (facts.inputs.kind === 'values' && needs === 'nothing') {
      for (const name of facts.inputs.names) texts[`input ${name}`] = t.inspect.inputs[name]
    }
    for (const tag of Object.keys(tags?.('test', 4) ?? {})) texts[`tag ${tag}`] = t.tags[tag]?.name
    expect(missing(texts)).toEqual([])
  })

  test('cells, their gates and the checks have words', () => {
    const ofCells = cells.flatMap(({ id, gates }) => [
      [`cell ${id}`, t.cells[id]],
      [`cell note ${id}`, t.cellNotes[id]],
      ...gates.map((gate) => [`gate ${gate}`, t.inspect.gates[gate]]),
    ])
    const ofChecks = checkIds.flatMap((id) => {
      const { name, text } = t.faithfulness.checks[id]
      return [
        [`check ${id}`, name],
        [`check note ${id}`, text],
      ]
    })
    expect(missing(Object.fromEntries([...ofCells, ...ofChecks]))).toEqual([])
  })

  test('engines have words', () => {
    const texts = [...new Set([...backendIds, ...packIds])].flatMap((id) => [
      [`engine ${id}`, t.engines.names[id]],
      [`engine note ${id}`, t.engines.about[id]],
    ])
    expect(missing(Object.fromEntries(texts))).toEqual([])
  })

  test('what training can be set to has words', () => {
    const named = (kind: string, id: string, text: { readonly name: string; readonly note: string } | undefined) => [
      [`${kind} ${id}`, text?.name],
      [`${kind} note ${id}`, text?.note],
    ]
    const { init, ...fields } = TrainingSpec.entries
    const asked = [
      ...Object.keys(fields),
      ...ScheduleSpec.options.flatMap(({ entries }) => Object.keys(entries)),
      ...optimizers.flatMap(({ defaults }) => Object.keys(defaults)),
    ]
    const texts = [
      ...optimizers.flatMap(({ id }) => named('optimizer', id, t.setup.optimizers[id])),
      ...ScheduleSpec.options.flatMap(({ entries }) => {
        const id = entries.id.literal
        return named('schedule', id, t.setup.schedules[id])
      }),
      ...init.wrapped.options.flatMap((id) => named('init', id, t.setup.inits[id])),
      ...asked.filter((key) => key !== 'id').map((key) => [`field ${key}`, t.setup.fields[key]]),
    ]
    expect(missing(Object.fromEntries(texts))).toEqual([])
  })

  test('what can be taken home has words', () => {
    const texts = modelFormats.flatMap(({ id }) => [
      [`format ${id}`, t.exports.formats[id]],
      [`format note ${id}`, t.exports.formatNotes[id]],
    ])
    expect(missing(Object.fromEntries(texts))).toEqual([])
  })
})
