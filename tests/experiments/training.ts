import { modelConfigs } from '../../main/engine/configs.ts'
import { initialise } from '../../main/engine/initialise.ts'
import { pickExamples } from '../../main/engine/sequence.ts'
import { taskById } from '../../main/engine/tasks/registry.ts'
import type { TaskInstance } from '../../main/engine/tasks/task.ts'
import { type Scores, type TrainedStep, Trainer } from '../../main/engine/train.ts'
import { resolveSpec } from '../../main/lab/runs/spec.ts'
import type { Batch, Parameters } from '../../shared/model.ts'
import type { Floats } from '../../shared/ndarray.ts'
import type { RunSpecInput } from '../../shared/spec.ts'
import { type Bench, thousands } from './experiment.ts'

/** Makes of the lab's task the one that was published, where they differ in data or in what counts as right. */
export type AdaptTask = (lab: TaskInstance, seed: number) => TaskInstance

/** A run of one cell. */
export interface Trial {
  readonly run: RunSpecInput
  readonly adapt?: AdaptTask
  /** Bias that an LSTM's input gates start from, by turns from unit to unit; left out: the initialiser's. */
  readonly inputBias?: readonly number[]
}

export interface Trained {
  readonly trainer: Trainer
  readonly task: TaskInstance
  /** Training sequences it has seen. */
  readonly sequences: number
  /** Whether `solved` said so before the steps ran out. */
  readonly solved: boolean
}

/**
 * Trains a trial's cell until `solved` or for all its steps. `solved` sees every update and how many
 * sequences in a row were answered right, by a metric that is the share of right answers.
 */
export function train(
  bench: Bench,
  trial: Trial,
  solved: (step: TrainedStep, rightInARow: number, trainer: Trainer) => boolean = () => false,
): Trained {
  const spec = resolveSpec(trial.run, 'the experiment')
  const task = taskOf(trial)
  const [config] = modelConfigs(spec.cells, task.interface, task.facts.length)
  if (!config) throw new RangeError('an experiment needs a cell')
  const parameters = initialise(config, spec.training, spec.seed)
  if (trial.inputBias) setInputBias(parameters, config.hiddenSize, trial.inputBias)
  const start = { step: 0, parameters, optimizer: {} }
  const trainer = new Trainer(bench.compute, config, spec.training, spec.seed, task.metric, start)
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

/** The input gates' rows are the first of an LSTM's. */
function setInputBias(parameters: Parameters, units: number, biases: readonly number[]): void {
  const [bias, other] = ['rnn.bias_ih_l0', 'rnn.bias_hh_l0'].map((name) => (parameters[name] as Floats).data)
  for (let unit = 0; unit < units; unit++) (bias as Float32Array)[unit] = biases[unit % biases.length] as number
  other?.fill(0, 0, units)
}

function taskOf({ run, adapt }: Trial, seedsOn = 0): TaskInstance {
  const spec = resolveSpec(run, 'the experiment')
  const seed = spec.seed + seedsOn
  const task = taskById(spec.task.id).create(spec.task, undefined, seed)
  return adapt ? adapt(task, seed) : task
}

/** Fresh sequences of a trial's task: of a seed that nothing was trained on. */
export const fresh = (trial: Trial, count: number): Batch => taskOf(trial, 1_000_000).trainBatch(1, count)

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

/** How many of `count` fresh sequences are answered wrongly, by a metric that is the share of right answers. */
export const wrongOf = (trained: Trained, trial: Trial, count: number): number =>
  Math.round((1 - score(trained, fresh(trial, count)).metric) * count)

/** Mean of squared differences from one answer, for a baseline measured on the data itself. */
export function meanSquare(targets: Floats, answer: number): number {
  return targets.data.reduce((sum, target) => sum + (target - answer) ** 2, 0) / targets.data.length
}
