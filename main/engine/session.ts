import { errorData, type LabErrorData } from '../../shared/errors.ts'
import type { Batch } from '../../shared/model.ts'
import type { RunState } from '../../shared/telemetry.ts'
import { modelConfigs } from './configs.ts'
import { parameterCount } from './initialise.ts'
import type { Subject } from './inspect/subject.ts'
import type { Compute } from './layers/layer.ts'
import { gateStatistics } from './moment.ts'
import { runNames } from './names.ts'
import type { EngineEvents, Job, JobFacts, Snapshot, States } from './protocol.ts'
import { isDue, isMoment } from './rhythm.ts'
import { RowBuffer } from './rows.ts'
import { taskById } from './tasks/registry.ts'
import { scoredExamples, type TaskInstance } from './tasks/task.ts'
import { Trainer } from './train.ts'

/** How often rows are sent, in milliseconds: fast enough for an eye, far slower than steps. */
const reportEvery = 80
/** How often a running run is saved: what a crash may cost at most. */
const checkpointEvery = 3000

export interface Run {
  readonly name: string
  readonly trainer: Trainer
  readonly rows: RowBuffer
  state: RunState
  failure?: LabErrorData
}

/** One experiment in training: its runs take turns, a step each, on the same batches. */
export class Session {
  readonly facts: JobFacts
  readonly task: TaskInstance
  readonly runs: readonly Run[]
  readonly compute: Compute
  readonly #events: EngineEvents
  readonly seed: number
  readonly #batchSize: number
  /** Flow and validation come at the rhythm of the steps first planned, however often it is extended. */
  readonly #rhythm: number
  /** Updates in all after which the experiment is done. */
  #planned: number
  #validation: Batch | undefined
  #until = 0
  #turn: Turn | undefined
  #reported = 0
  #saved = 0
  #rate = { since: 0, steps: 0, perSecond: 0 }

  /** Throws LabError where the spec or its data cannot be trained on. */
  constructor(compute: Compute, job: Job, events: EngineEvents) {
    const { spec } = job
    const task = taskById(spec.task.id).create(spec.task, job.source, spec.seed)
    const names = runNames(spec.cells)
    this.compute = compute
    this.task = task
    this.#events = events
    this.seed = spec.seed
    this.#batchSize = spec.training.batchSize
    this.#rhythm = this.#planned = spec.training.steps
    const configs = modelConfigs(spec.cells, task.interface, task.facts.length)
    this.runs = configs.map((config, k) => {
      const resume = job.resume?.[k]
      const trainer = new Trainer(compute, config, spec.training, spec.seed, task.metric, resume)
      return {
        name: names[k] as string,
        trainer,
        rows: new RowBuffer(),
        state: startState(trainer.step, this.#planned),
      }
    })
    this.facts = {
      task: task.facts,
      runs: this.runs.map(({ name, trainer: { config } }) => {
        const bytes = compute.bytesNeeded?.(config, task.facts.length, this.#batchSize)
        return { name, config, parameters: parameterCount(config), ...(bytes && { bytes }) }
      }),
    }
  }

  play(steps: number): void {
    this.#until = steps
    this.#planned = Math.max(this.#planned, steps)
    if (this.#turn && !this.#turn.over) return
    const turn: Turn = { over: false, ended: Promise.resolve() }
    const before = this.#turn?.ended
    turn.ended = (async () => {
      await before
      await this.#train(turn)
      turn.over = true
    })()
    this.#turn = turn
  }

  /** Ends the turn that is under way, whatever is asked for meanwhile. */
  async pause(): Promise<void> {
    const turn = this.#turn
    if (!turn) return
    turn.over = true
    await turn.ended
  }

  async step(): Promise<void> {
    await this.pause()
    for (const run of this.runs) if (run.state !== 'failed') this.#advance(run, true)
    for (const run of this.runs) if (run.state !== 'failed') run.state = this.#restingState(run)
    this.#save()
  }

  snapshots(): Snapshot[] {
    return this.runs.map((run) => run.trainer.snapshot())
  }

  /** The experiment as it can be looked into: in stored states, or as it is. */
  subject(states: States = []): Subject {
    return {
      task: this.task,
      compute: this.compute,
      batchSize: this.#batchSize,
      updates: this.#planned,
      runs: this.runs.map(({ name, trainer }, run) => {
        const { step, parameters } = states[run] ?? trainer.snapshot()
        return { name, step, model: { config: trainer.config, parameters } }
      }),
    }
  }

  async #train(turn: Turn): Promise<void> {
    this.#saved = this.#reported = performance.now()
    this.#rate = { since: performance.now(), steps: 0, perSecond: 0 }
    for (const run of this.runs) if (this.#canGoOn(run)) run.state = 'training'
    this.#report()
    while (!turn.over) {
      const going = this.runs.filter((run) => this.#canGoOn(run))
      if (!going.length) break
      // The slowest goes first, so that runs continued from different steps meet.
      this.#advance(
        going.reduce((a, b) => (b.trainer.step < a.trainer.step ? b : a)),
        false,
      )
      this.#rate.steps += 1 / going.length
      const now = performance.now()
      if (now - this.#reported > reportEvery) this.#report()
      if (now - this.#saved > checkpointEvery) this.#save()
      // Lets a pause come in between two updates.
      await new Promise(setImmediate)
    }
    // A pause ends on a step whose flow is known: the last one belongs to every picture of a run.
    for (const run of this.runs) if (this.#canGoOn(run) && run.state === 'training') this.#advance(run, true)
    for (const run of this.runs) if (run.state === 'training') run.state = this.#restingState(run)
    this.#save()
  }

  #canGoOn(run: Run): boolean {
    return run.state !== 'failed' && run.trainer.step < this.#until
  }

  #restingState(run: Run): RunState {
    return run.trainer.step >= this.#planned ? 'done' : 'paused'
  }

  #advance(run: Run, always: boolean): void {
    const step = run.trainer.step + 1
    const ends = step === this.#planned || step === this.#until
    const due = (what: 'flow' | 'validation') => ends || isDue(what, step, this.#rhythm)
    try {
      if (step === 1) this.#keepMoment(run)
      const batch = this.task.trainBatch(step, this.#batchSize)
      const trained = run.trainer.train(batch, always || due('flow'))
      run.rows.add(trained, due('validation') ? this.#validate(run) : undefined)
      if (isMoment(step, this.#rhythm) || step === this.#planned) this.#keepMoment(run)
    } catch (thrown) {
      const failure = errorData(thrown)
      if (failure.code === 'engine-died') endProcess(failure)
      run.state = 'failed'
      run.failure = failure
    }
  }

  #keepMoment({ trainer: { config, parameters, step }, name }: Run): void {
    const gates = gateStatistics(this.compute, { config, parameters }, this.task.trainBatch(step + 1, this.#batchSize))
    this.#events.moment(
      this.runs.findIndex((run) => run.name === name),
      { step, parameters, gates },
    )
  }

  #validate(run: Run) {
    this.#validation ??= this.task.heldOut('validation', scoredExamples.validation)
    return run.trainer.answer(this.#validation)
  }

  #report(): void {
    const now = performance.now()
    this.#reported = now
    const elapsed = now - this.#rate.since
    if (elapsed > 1000) this.#rate = { since: now, steps: 0, perSecond: (1000 * this.#rate.steps) / elapsed }
    for (const [k, run] of this.runs.entries()) {
      if (run.rows.length) this.#events.rows(k, run.rows.take(this.facts.task.length))
      const speed = run.state === 'training' ? this.#rate.perSecond : 0
      this.#events.state(k, run.state, run.trainer.step, speed, run.failure)
    }
  }

  /** Rows first: a checkpoint stands after everything that led to it. */
  #save(): void {
    this.#report()
    this.#saved = performance.now()
    for (const [k, run] of this.runs.entries()) this.#events.checkpoint(k, run.trainer.snapshot())
  }
}

/** Here nothing can be computed any more. The host sees the process end, and goes on from a checkpoint in another. */
function endProcess({ message, hint }: LabErrorData): never {
  console.error(`${message} ${hint}`)
  process.exit(1)
}

/** One stretch of training, from a play to the pause or end that closes it. */
interface Turn {
  over: boolean
  ended: Promise<void>
}

function startState(step: number, planned: number): RunState {
  if (step === 0) return 'ready'
  return step >= planned ? 'done' : 'paused'
}
