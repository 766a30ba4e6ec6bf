import { LabError } from '../../shared/errors.ts'
import type { Intervention } from '../../shared/interventions.ts'
import type { ModelConfig } from '../../shared/model.ts'
import { cellById } from './cells/catalogue.ts'
import type { Matrix } from './cells/cell.ts'
import type { Change } from './layers/layer.ts'

/** From a time step to another, both included: what stays of a value, unit by unit, and what stands for the rest. */
interface Replacement {
  readonly from: number
  readonly to: number
  /** 1 where the value stays, else 0, [H]. */
  readonly stays: Float64Array
  /** What stands for it: numbers, 0 where it stays; or the value of the step before. */
  readonly instead: Float64Array | 'before'
}

/**
 * What interventions do to one layer of a model. Throws LabError `spec-invalid` for one whose layer, unit,
 * gate or state the model does not have.
 */
export function changeOf(config: ModelConfig, interventions: readonly Intervention[], layer: number): Change {
  const byName = new Map<string, Replacement[]>()
  for (const [index, intervention] of interventions.entries()) {
    check(config, intervention, index)
    if (intervention.layer !== layer) continue
    for (const [name, replacement] of replacements(config, intervention)) {
      byName.set(name, [...(byName.get(name) ?? []), replacement])
    }
  }
  return (time, name, value, before, row) =>
    (byName.get(name) ?? []).reduce(
      (used, replacement) =>
        time < replacement.from || time > replacement.to ? used : replaced(used, replacement, before, row),
      value,
    )
}

/** Times 1 and plus 0 leave a number as it is; times 0 lets nothing of a gradient through. */
function replaced<M extends Matrix<M>>(
  value: M,
  { stays, instead }: Replacement,
  before: M | undefined,
  row: (values: Float64Array) => M,
): M {
  const kept = value.mul(row(stays))
  if (instead !== 'before') return kept.add(row(instead))
  if (!before) throw new TypeError('there is no value of the step before to keep')
  return kept.add(before.mul(row(stays.map((share) => 1 - share))))
}

function* replacements(config: ModelConfig, intervention: Intervention): Generator<[string, Replacement]> {
  const { hiddenSize } = config
  const { hasCellState } = cellById(config.cell)
  const { kind, unit } = intervention
  const isFixed = (j: number) => unit === undefined || j === unit
  const stays = Float64Array.from({ length: hiddenSize }, (_, j) => (isFixed(j) ? 0 : 1))
  const to = (value: number) => Float64Array.from({ length: hiddenSize }, (_, j) => (isFixed(j) ? value : 0))
  if (kind === 'clamp') {
    yield [intervention.of, { from: intervention.from, to: intervention.to, stays, instead: to(intervention.value) }]
  } else if (kind === 'freeze') {
    const carried = hasCellState ? 'cell' : 'hidden'
    yield [carried, { from: intervention.from, to: intervention.to, stays, instead: 'before' }]
  } else {
    const always = { from: 0, to: Number.POSITIVE_INFINITY, stays, instead: to(0) }
    yield ['hidden', always]
    if (hasCellState) yield ['cell', always]
  }
}

function check({ cell: id, layers, hiddenSize }: ModelConfig, intervention: Intervention, index: number): void {
  const cell = cellById(id)
  const values = ['hidden', ...(cell.hasCellState ? ['cell'] : []), ...cell.gates.map((gate) => `gates.${gate}`)]
  const { layer, unit } = intervention
  const refuse = (field: string, value: string | number, known: string): never => {
    const where = `interventions.${index}.${field}`
    throw new LabError('spec-invalid', `${where} is ${value}: this model has ${known}.`, `Use one of ${known}.`, {
      field: where,
      value,
    })
  }
  if (layer >= layers) refuse('layer', layer, layers === 1 ? 'layer 0' : `layers 0 to ${layers - 1}`)
  if (unit !== undefined && unit >= hiddenSize) refuse('unit', unit, `units 0 to ${hiddenSize - 1}`)
  if (intervention.kind === 'clamp' && !values.includes(intervention.of)) {
    refuse('of', intervention.of, values.join(', '))
  }
}
