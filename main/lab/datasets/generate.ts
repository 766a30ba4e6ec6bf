import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Recipe, type SequenceRow, SetHeader, setLimits } from '../../../shared/sequences.ts'
import type { TaskSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { taskById } from '../../engine/tasks/registry.ts'
import { padding } from '../../engine/tasks/sentences.ts'
import type { Task, TaskInstance } from '../../engine/tasks/task.ts'
import { type StoredRow, writeRow } from './rows.ts'

/** Held-out shares of a generated dataset. */
const heldShare = 0.1
/** Rows drawn for a sketch, and how many of them are shown. */
const sketched = 20
const sketchedRows = 6
/** float32 has so many digits worth writing down. */
const digits = 7

/**
 * A recipe with all dials that it leaves to their defaults, so that it goes on drawing the same. Throws `spec-invalid`
 * for settings that the task refuses, one that needs a file, and more numbers or tokens than a set may be drawn of.
 */
export function completed({ task: given, seed, rows }: Recipe): Recipe {
  const { spec } = drawing(given)
  const most = Math.floor(setLimits.drawn / valuesOf({ task: spec, seed, rows: 1 }))
  if (rows > most) {
    const message = `The generator: "rows" must be at most ${most} where a row is as long as here, but is ${rows}.`
    throw new LabError('spec-invalid', message, 'Draw fewer rows, or shorter ones.', {
      field: 'rows',
      value: rows,
      limit: `at most ${most}`,
    })
  }
  return { task: spec, seed, rows }
}

/** Numbers or tokens that are drawn, at most. Throws what `completed` throws. */
export function valuesOf({ task: given, seed, rows }: Recipe): number {
  const { task, spec } = drawing(given)
  const { facts } = task.create(spec, undefined, seed)
  return rows * facts.length * (facts.inputs.kind === 'tokens' ? 1 : facts.inputs.names.length)
}

/** What a live set shows and is trained on; each row is made when it is asked for. */
export function* drawRows({ task, seed, rows }: Recipe): Generator<StoredRow, void> {
  for (const row of generateRows(task, seed, rows).rows) yield writeRow(row)
}

/** Its first rows: however many are drawn, they begin alike. */
export function sketch({ task, seed }: Pick<Recipe, 'task' | 'seed'>) {
  const { header, rows } = generateRows(task, seed, sketched)
  return { header, rows: [...rows].slice(0, sketchedRows) }
}

/**
 * Rows that a task draws, each in the part it belongs to: the same task, seed and count give the same. Throws
 * `spec-invalid` for settings that the task refuses, or one that needs a file.
 */
export function generateRows(spec: TaskSpec, seed: number, count: number) {
  const { task, spec: own } = drawing(spec)
  const created = task.create(own, undefined, seed)
  const instance = { ...created, ...created.spread }
  return { header: headerOf(instance), rows: rowsIn(instance, count) }
}

/** Training rows first, then those that are held out, as far as the task has so many. */
function* rowsIn(instance: TaskInstance, count: number): Generator<SequenceRow, void> {
  const limit = Math.max(1, Math.round(count * heldShare))
  const held = (['validation', 'test'] as const).map((part) => ({ part, batch: instance.heldOut(part, limit) }))
  const training = count - held.reduce((sum, { batch }) => sum + sizeOf(batch), 0)
  yield* rowsOf(instance, instance.trainBatch(1, Math.max(1, training)), 'train')
  for (const { part, batch } of held) yield* rowsOf(instance, batch, part)
}

const sizeOf = ({ inputs }: Batch) => inputs.shape[0] as number

/** A task that reads no file, and its settings with their defaults. */
function drawing(spec: TaskSpec): { readonly task: Task; readonly spec: TaskSpec } {
  const task = taskById(spec.id)
  if (task.needs !== 'nothing') {
    const message = `The task "${spec.id}" reads a file and draws nothing.`
    throw new LabError('spec-invalid', message, 'Choose a task that draws its own data.', {
      field: 'task.id',
      value: spec.id,
    })
  }
  const checked = parse(v.object({ task: task.schema }), { task: spec }, 'spec-invalid', 'the generator')
  return { task, spec: checked.task as TaskSpec }
}

function headerOf({ facts }: TaskInstance): SetHeader {
  const target = facts.outputs.endsWith('series') ? 'every-step' : facts.outputs === 'value' ? 'value' : 'class'
  const classes = facts.inputs.kind === 'tokens' || target === 'class' ? (facts.classes ?? null) : null
  const header =
    facts.inputs.kind === 'tokens'
      ? {
          inputs: 'tokens',
          target,
          classes,
          vocabulary: facts.vocabulary?.filter((token) => token !== padding) ?? null,
        }
      : { inputs: 'numbers', target, classes, channels: facts.inputs.names }
  return parse(SetHeader, header, 'spec-invalid', 'the generator')
}

function* rowsOf(
  { facts, present, tags, trainTags }: TaskInstance,
  batch: Batch,
  split: Split | 'train',
): Generator<SequenceRow, void> {
  const [count, time] = batch.inputs.shape as [number, number]
  const targets = present.targets(batch.targets).data
  const own = (split === 'train' ? trainTags?.(count) : tags?.(split, count)) ?? {}
  const steps = targets.length / count
  const short = (value: number) => Number(value.toPrecision(digits))
  const answer = (value: number) => {
    const isClass = facts.outputs.startsWith('class') && (facts.inputs.kind === 'tokens' || facts.outputs === 'class')
    return isClass ? (facts.classes?.[value] ?? String(value)) : short(value)
  }
  for (let b = 0; b < count; b++) {
    const length = batch.lengths?.data[b] ?? time
    const inputs = present.inputs(batch, b)
    const width = inputs.shape[1] ?? 1
    const step = (t: number) =>
      facts.inputs.kind === 'tokens'
        ? (facts.vocabulary?.[inputs.data[t] as number] as string)
        : width === 1
          ? short(inputs.data[t] as number)
          : Array.from(inputs.data.subarray(t * width, (t + 1) * width), short)
    const isSeries = facts.outputs.endsWith('series')
    const answers = Array.from({ length: isSeries ? length : 1 }, (_each, t) =>
      answer(targets[b * steps + t] as number),
    )
    yield {
      inputs: Array.from({ length }, (_each, t) => step(t)) as SequenceRow['inputs'],
      target: (isSeries ? answers : answers[0]) as SequenceRow['target'],
      split,
      tags: Object.fromEntries(Object.entries(own).map(([name, of]) => [name, String(of[b])])),
      note: '',
    }
  }
}
