import { errorData, type LabErrorData } from '../../shared/errors.ts'
import type { ModelConfig } from '../../shared/model.ts'
import type { RunState } from '../../shared/telemetry.ts'
import { parameterCount } from './initialise.ts'
import type { Subject } from './inspect/subject.ts'
import type { Compute } from './layers/layer.ts'
import { runNames } from './names.ts'
import type { EngineEvents, Job, JobFacts, Snapshot, States } from './protocol.ts'
import { isDue, isMoment } from './rhythm.ts'
import { RowBuffer } from './rows.ts'
import { scoredExamples, type TaskInstance } from './tasks/task.ts'
import { openJob, type Updated, type Wanted } from './team/member.ts'
import { Team, type TeamOptions } from './team/team.ts'
import type { Way } from './team/trial.ts'

/** How often rows are sent, in milliseconds: fast enough for an eye, far slower than steps. */
const reportEvery = 80
/** How often a running run is saved: what a crash may cost at most. */
const checkpointEvery = 3000

/** What is known of a run here; its network is the team's. */
interface Run {
  readonly name: string
  readonly config: ModelConfig
  readonly rows: RowBuffer
  /** Updates made. */
  step: number
  state: RunState
  failure?: LabErrorData
}

/** One experiment in training: its runs go step by step, on the same batches. */
export class Session {
  readonly facts: JobFacts
  readonly task: TaskInstance
  readonly compute: Compute
  readonly seed: number
  readonly #runs: readonly Run[]
  readonly #team: Team
  readonly #events: EngineEvents
  readonly #batchSize: number
  /** Flow and validation come at the rhythm of the steps first planned, however often it is extended. */
  readonly #rhythm: number
  /** Updates in all after which the experiment is done. */
  #planned: number
  #until = 0
  /** The last play, until it has ended or is paused. */
  #turn: Turn = { over: true }
  /** What is under way and what waits for it: turns and steps, one after the other. */
  #work: Promise<void> = Promise.resolve()
  #reported = 0
  #saved = 0
  #rate = { since: 0, steps: 0, perSecond: 0 }

  /** Throws LabError where the spec or its data cannot be trained on. `team`: other ways than the usual, for tests. */
  constructor(compute: Compute, job: Job, events: EngineEvents, team: Partial<TeamOptions> = {}) {
    const { spec } = job
    const opened = openJob(compute, job)
    const names = runNames(spec.cells)
    this.compute = compute
    this.task = opened.task
    this.#events = events
    this.seed = spec.seed
    this.#batchSize = spec.training.batchSize
    this.#rhythm = this.#planned = spec.training.steps
    this.#runs = opened.configs.map((config, k) => {
      const step = job.resume?.[k]?.step ?? 0
      return { name: names[k] as string, config, rows: new RowBuffer(), step, state: startState(step, this.#planned) }
    })
    const { facts } = opened.task
    const runs = this.#runs.map(({ name, config }) => {
      const bytes = compute.bytesNeeded?.(config, facts.length, this.#batchSize)
      return { name, config, parameters: parameterCount(config), ...(bytes && { bytes }) }
    })
    const validated = opened.task.heldOut('validation', scoredExamples.validation).inputs.shape[0] as number
    this.facts = { task: { ...facts, validated }, runs }
    // Side by side each run has a memory of its own, beside the one that turns have used.
    const bytes = runs.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
    const threads = bytes < process.availableMemory() / 2 ? (compute.threads ?? 1) : 1
    this.#team = new Team(job, opened, { threads, ...team })
  }

  /** Milliseconds of an update of every run each way; null before both were tried. */
  get ways(): Readonly<Record<Way, number>> | null {
    return this.#team.times ?? null
  }

  /** Ends its threads. Pause it first. */
  close(): Promise<void> {
    return this.#team.close()
  }

  play(steps: number): void {
    this.#until = steps
    this.#planned = Math.max(this.#planned, steps)
    if (!this.#turn.over) return
    const turn = { over: false }
    this.#turn = turn
    void this.#next(() => this.#train(turn))
  }

  /** Ends what is under way, whatever is asked for meanwhile. */
  async pause(): Promise<void> {
    this.#turn.over = true
    await this.#work
  }

  step(): Promise<void> {
    this.#turn.over = true
    return this.#next(async () => {
      await this.#advance(
        this.#runs.filter((run) => run.state !== 'failed'),
        true,
      )
      for (const run of this.#runs) if (run.state !== 'failed') run.state = this.#restingState(run)
      await this.#save()
    })
  }

  snapshots(): Promise<Snapshot[]> {
    return Promise.all(this.#runs.map((_, run) => this.#team.snapshot(run)))
  }

  /** The experiment as it can be looked into: in stored states, or as it is. */
  async subject(states: States = []): Promise<Subject> {
    const runs = this.#runs.map(async ({ name, config }, run) => {
      const { step, parameters } = states[run] ?? (await this.#team.snapshot(run))
      return { name, step, model: { config, parameters } }
    })
    return {
      task: this.task,
      compute: this.compute,
      batchSize: this.#batchSize,
      updates: this.#planned,
      runs: await Promise.all(runs),
    }
  }

  /** Queues `work`. What it throws ends the runs that it was about. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((thrown) => {
      this.#turn.over = true
      for (const run of this.#runs) if (run.state === 'training') this.#fail(run, errorData(thrown))
      this.#report()
    })
    return this.#work
  }

  async #train(turn: Turn): Promise<void> {
    this.#saved = this.#reported = performance.now()
    this.#rate = { since: performance.now(), steps: 0, perSecond: 0 }
    for (const run of this.#runs) if (this.#canGoOn(run)) run.state = 'training'
    this.#report()
    while (!turn.over) {
      const going = this.#runs.filter((run) => this.#canGoOn(run))
      if (!going.length) break
      // Those that are behind go first, so that runs continued from different steps meet.
      const least = Math.min(...going.map(({ step }) => step))
      const next = going.filter(({ step }) => step === least)
      await this.#advance(next, false)
      this.#rate.steps += next.length / going.length
      const now = performance.now()
      if (now - this.#reported > reportEvery) this.#report()
      if (now - this.#saved > checkpointEvery) await this.#save()
    }
    // From here on a play is another turn.
    turn.over = true
    // A pause ends on a step whose flow is known: the last one belongs to every picture of a run.
    await this.#advance(
      this.#runs.filter((run) => this.#canGoOn(run) && run.state === 'training'),
      true,
    )
    for (const run of this.#runs) if (run.state === 'training') run.state = this.#restingState(run)
    await this.#save()
  }

  #canGoOn(run: Run): boolean {
    return run.state !== 'failed' && run.step < this.#until
  }

  #restingState(run: Run): RunState {
    return run.step >= this.#planned ? 'done' : 'paused'
  }

  /** An update of each of these runs. */
  async #advance(runs: readonly Run[], withFlow: boolean): Promise<void> {
    const asked = runs.map((run) => ({ run: this.#runs.indexOf(run), wanted: this.#wanted(run.step + 1, withFlow) }))
    const updated = await this.#team.update(asked)
    for (const [k, { run }] of asked.entries()) this.#take(run, updated[k] as Updated)
  }

  #wanted(step: number, withFlow: boolean): Wanted {
    const ends = step === this.#planned || step === this.#until
    const due = (what: 'flow' | 'validation') => ends || isDue(what, step, this.#rhythm)
    const after = isMoment(step, this.#rhythm) || step === this.#planned
    return { flow: withFlow || due('flow'), validation: due('validation'), moments: { before: step === 1, after } }
  }

  #take(index: number, { trained, validation, moments, failure }: Updated): void {
    const run = this.#runs[index] as Run
    for (const moment of moments) this.#events.moment(index, moment)
    if (trained) {
      run.step = trained.step
      run.rows.add(trained, validation)
    }
    if (failure) this.#fail(run, failure)
  }

  #fail(run: Run, failure: LabErrorData): void {
    if (failure.code === 'engine-died') endProcess(failure)
    run.state = 'failed'
    run.failure = failure
  }

  #report(): void {
    const now = performance.now()
    this.#reported = now
    const elapsed = now - this.#rate.since
    if (elapsed > 1000) this.#rate = { since: now, steps: 0, perSecond: (1000 * this.#rate.steps) / elapsed }
    for (const [k, run] of this.#runs.entries()) {
      if (run.rows.length) this.#events.rows(k, run.rows.take(this.facts.task.length))
      const speed = run.state === 'training' ? this.#rate.perSecond : 0
      this.#events.state(k, run.state, run.step, speed, run.failure)
    }
  }

  /** Rows first: a checkpoint stands after everything that led to it. */
  async #save(): Promise<void> {
    this.#report()
    this.#saved = performance.now()
    for (const [run, snapshot] of (await this.snapshots()).entries()) this.#events.checkpoint(run, snapshot)
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
}

function startState(step: number, planned: number): RunState {
  if (step === 0) return 'ready'
  return step >= planned ? 'done' : 'paused'
}
