import { modelConfigs } from '../../main/engine/configs.ts'
import { pickExamples } from '../../main/engine/sequence.ts'
import { taskById } from '../../main/engine/tasks/registry.ts'
import type { TaskInstance } from '../../main/engine/tasks/task.ts'
import { type Scores, type TrainedStep, Trainer } from '../../main/engine/train.ts'
import { resolveSpec } from '../../main/lab/runs/spec.ts'
import type { Batch } from '../../shared/model.ts'
import type { Floats } from '../../shared/ndarray.ts'
import type { RunSpecInput } from '../../shared/spec.ts'
import { type Bench, thousands } from './experiment.ts'

export interface Trained {
  readonly trainer: Trainer
  readonly task: TaskInstance
  /** Training sequences it has seen. */
  readonly sequences: number
  /** Whether `solved` said so before the steps ran out. */
  readonly solved: boolean
}

/**
 * Trains the only cell of a run until `solved` or for all its steps. `solved` sees every update and how
 * many sequences in a row were answered right, by a metric that is the share of right answers.
 */
export function train(
  bench: Bench,
  run: RunSpecInput,
  solved: (step: TrainedStep, rightInARow: number, trainer: Trainer) => boolean = () => false,
): Trained {
  const spec = resolveSpec(run, 'the experiment')
  const task = taskById(spec.task.id).create(spec.task, undefined, spec.seed)
  const [config] = modelConfigs(spec.cells, task.interface, task.facts.length)
  if (!config) throw new RangeError('an experiment needs a cell')
  const trainer = new Trainer(bench.compute, config, spec.training, spec.seed, task.metric)
  const { steps, batchSize } = spec.training
  let rightInARow = 0
  while (trainer.step < steps) {
    const trained = trainer.train(task.trainBatch(trainer.step + 1, batchSize), false)
    rightInARow = trained.metric === 1 ? rightInARow + batchSize : 0
    if (trained.step % 50 === 0) {
      const seen = thousands(trained.step * batchSize)
      bench.progress(`${config.cell} ${spec.task.id}: ${seen} sequences, loss ${trained.loss.toPrecision(3)}`)
    }
    if (solved(trained, rightInARow, trainer)) {
      return { trainer, task, sequences: trainer.step * batchSize, solved: true }
    }
  }
  return { trainer, task, sequences: steps * batchSize, solved: false }
}

/** Fresh sequences of a run's task: of a seed that nothing was trained on. */
export function fresh(run: RunSpecInput, count: number): Batch {
  const spec = resolveSpec(run, 'the experiment')
  return taskById(spec.task.id)
    .create(spec.task, undefined, spec.seed + 1_000_000)
    .trainBatch(1, count)
}

/** How a trained network scores on many examples, taken in parts so that memory stays small. */
export function score({ trainer }: Trained, batch: Batch): Scores {
  const count = batch.inputs.shape[0] as number
  const size = 256
  let [loss, metric] = [0, 0]
  for (let from = 0; from < count; from += size) {
    const part = pickExamples(
      batch,
      [...Array(Math.min(size, count - from)).keys()].map((k) => from + k),
    )
    const scores = trainer.answer(part)
    const share = (part.inputs.shape[0] as number) / count
    loss += share * scores.loss
    metric += share * scores.metric
  }
  return { loss, metric }
}

/** Mean of squared differences from one answer, for a baseline measured on the data itself. */
export function meanSquare(targets: Floats, answer: number): number {
  return targets.data.reduce((sum, target) => sum + (target - answer) ** 2, 0) / targets.data.length
}
