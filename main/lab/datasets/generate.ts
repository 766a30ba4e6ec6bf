import * as v from 'valibot'
import type { Split } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import type { Batch } from '../../../shared/model.ts'
import { type Recipe, type SequenceRow, SetHeader } from '../../../shared/sequences.ts'
import type { TaskSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { taskById } from '../../engine/tasks/registry.ts'
import { padding } from '../../engine/tasks/sentences.ts'
import type { Task, TaskInstance } from '../../engine/tasks/task.ts'
import { writeRow } from './rows.ts'
import type { SetFile } from './set-file.ts'

/** Held-out shares of a generated dataset, as far as the task has so many held-out examples. */
const heldShare = 0.1
/** Rows drawn for a sketch, and how many of them are shown. */
const sketched = 20
const sketchedRows = 6
/** float32 has so many digits worth writing down. */
const digits = 7

/**
 * A recipe with all dials that it leaves to their defaults, so that it goes on drawing the same. Throws `spec-invalid`
 * for settings that the task refuses, or one that needs a file.
 */
export const completed = (recipe: Recipe): Recipe => ({ ...recipe, task: drawing(recipe.task).spec })

/** What a live set shows and is trained on. */
export function drawRows({ task, seed, rows }: Recipe): SetFile {
  const drawn = generateRows(task, seed, rows)
  return { header: drawn.header, rows: drawn.rows.map(writeRow) }
}

/** Its first rows: however many are drawn, they begin alike. */
export function sketch({ task, seed }: Pick<Recipe, 'task' | 'seed'>): Generated {
  const { header, rows } = generateRows(task, seed, sketched)
  return { header, rows: rows.slice(0, sketchedRows) }
}

export interface Generated {
  readonly header: SetHeader
  readonly rows: readonly SequenceRow[]
}

/**
 * Rows that a task draws, each in the part it belongs to: the same task, seed and count give the same. Throws
 * `spec-invalid` for settings that the task refuses, or one that needs a file.
 */
export function generateRows(spec: TaskSpec, seed: number, count: number): Generated {
  const { task, spec: own } = drawing(spec)
  const instance = task.create(own, undefined, seed)
  const held = Math.max(1, Math.round(count * heldShare))
  const heldOut = (['validation', 'test'] as const).map((part) => rowsOf(instance, instance.heldOut(part, held), part))
  const training = Math.max(1, count - heldOut.reduce((sum, { length }) => sum + length, 0))
  return {
    header: headerOf(instance),
    rows: [...rowsOf(instance, instance.trainBatch(1, training), 'train'), ...heldOut.flat()],
  }
}

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

function rowsOf(
  { facts, present, tags, trainTags }: TaskInstance,
  batch: Batch,
  split: Split | 'train',
): SequenceRow[] {
  const [count, time] = batch.inputs.shape as [number, number]
  const targets = present.targets(batch.targets).data
  const own = (split === 'train' ? trainTags?.(count) : tags?.(split, count)) ?? {}
  const steps = targets.length / count
  const short = (value: number) => Number(value.toPrecision(digits))
  const answer = (value: number) => {
    const isClass = facts.outputs.startsWith('class') && (facts.inputs.kind === 'tokens' || facts.outputs === 'class')
    return isClass ? (facts.classes?.[value] ?? String(value)) : short(value)
  }
  return Array.from({ length: count }, (_, b) => {
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
    return {
      inputs: Array.from({ length }, (_each, t) => step(t)) as SequenceRow['inputs'],
      target: (isSeries ? answers : answers[0]) as SequenceRow['target'],
      split,
      tags: Object.fromEntries(Object.entries(own).map(([name, of]) => [name, String(of[b])])),
      note: '',
    }
  })
}
