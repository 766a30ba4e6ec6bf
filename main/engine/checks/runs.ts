import type { CheckRow } from '../../../shared/contract.ts'
import type { ModelConfig } from '../../../shared/model.ts'
import { TrainingSpec } from '../../../shared/spec.ts'
import { parse } from '../../../shared/validation.ts'
import { cells } from '../cells/catalogue.ts'
import type { Compute } from '../layers/layer.ts'
import type { Snapshot } from '../protocol.ts'
import { taskById } from '../tasks/registry.ts'
import { Trainer } from '../train.ts'

const seed = 3
const training = parse(TrainingSpec, { steps: 20, batchSize: 4 }, 'internal', 'the checks')

/** A small run on the adding problem, from its beginning or from where another stopped. */
function start(compute: Compute, cell: string, length: number, resume?: Snapshot) {
  const task = taskById('adding').create({ id: 'adding', length }, undefined, seed)
  const config: ModelConfig = { cell, hiddenSize: 4, layers: 1, ...task.interface }
  const trainer = new Trainer(compute, config, training, seed, task.metric, resume)
  return {
    to(step: number): Snapshot {
      while (trainer.step < step) trainer.train(task.trainBatch(trainer.step + 1, 4), trainer.step % 2 === 0)
      return trainer.snapshot()
    },
  }
}

/** Numbers that are not the same to the last bit. */
function differences(a: Snapshot, b: Snapshot): number {
  let count = a.step === b.step ? 0 : 1
  for (const part of ['parameters', 'optimizer'] as const) {
    for (const [name, { data }] of Object.entries(a[part])) {
      const other = b[part][name]?.data
      for (const [k, value] of data.entries()) if (!Object.is(value, other?.[k])) count++
    }
  }
  return count
}

/** Two runs of one seed: numbers that differ. */
export function checkSameBits(compute: Compute): CheckRow[] {
  return cells.map(({ id }) => {
    const [one, two] = [start(compute, id, 8).to(20), start(compute, id, 8).to(20)]
    return { of: id, figure: differences(one, two), limit: 0 }
  })
}

/** A run stopped after 7 of 20 steps and continued, against one that was not: numbers that differ. */
export function checkResume(compute: Compute): CheckRow[] {
  return cells.map(({ id }) => {
    const half = start(compute, id, 8).to(7)
    return {
      of: id,
      figure: differences(start(compute, id, 8, half).to(20), start(compute, id, 8).to(20)),
      limit: 0,
    }
  })
}

/** What the engine holds after 1,000 updates beyond what it held after the first ones. */
export function checkLeaks(compute: Compute, updates = 1000): CheckRow[] {
  return cells.map(({ id }) => {
    const run = start(compute, id, 2)
    run.to(10)
    const before = compute.held()
    run.to(10 + updates)
    return { of: id, figure: compute.held() - before, limit: 0 }
  })
}
