import { readdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { LabError, type LabErrorData } from '../../../shared/errors.ts'
import type { RunSpec } from '../../../shared/spec.ts'
import type { RunState } from '../../../shared/telemetry.ts'
import { cellById } from '../../engine/cells/catalogue.ts'
import { type Engine, startEngine } from '../../engine/client.ts'
import type { EngineEvents, JobFacts, TaskSource } from '../../engine/protocol.ts'
import { readSource } from '../../lab/datasets/source.ts'
import { modelFolder } from '../../lab/exports/model.ts'
import { readInput, type StagedFolder, stageFolder } from '../../lab/files.ts'
import { RunLog } from '../../lab/runs/log.ts'
import { fileOf, resolveSpec } from '../../lab/runs/spec.ts'
import { version } from '../../lab/version.ts'
import { type Command, exitCodes, required } from '../command.ts'
import { Progress, type RunProgress } from '../progress.ts'

export const train: Command = {
  name: 'train',
  usage: 'train RUN.json --out DIR [--engine auto|wasm]',
  summary: 'Trains the cells of RUN.json beside each other and writes models, histories and gradient flow.',
  details: [
    '  --out DIR      a new or empty folder; it appears when everything in it is complete',
    '  --engine ID    what computes (default auto)',
    '',
    'RUN.json is described by main/cli/run.schema.json; relative files are relative to it.',
  ],
  options: { out: { type: 'string' }, engine: { type: 'string' } },
  arity: [1, 1],
  async run(invocation, signal) {
    const out = resolve(required(train, invocation, 'out'))
    await refuseFilled(out)
    const { spec, source } = await readRun(resolve(invocation.positionals[0] as string))
    const training = new CommandTraining(spec)
    const engine = await startEngine({
      backend: String(invocation.values.engine ?? 'auto'),
      onEvents: training.events,
      onExit: ({ expected, code, signal: killed }) => expected || training.died(killed ?? `code ${code}`),
    })
    try {
      const facts = await engine.functions.open({ spec, ...(source && { source }) })
      // Staged before: a place that cannot be written is found out before hours of training, not after.
      const folder = await stageFolder(out)
      try {
        const started = performance.now()
        if (!(await training.finish(engine, facts, signal))) return exitCodes.interrupted
        const seconds = (performance.now() - started) / 1000
        const result = await writeResult(folder, spec, engine, facts, training, seconds)
        await folder.commit()
        console.log(JSON.stringify({ out, ...result }))
      } finally {
        await folder.discard()
      }
      return training.failures.some(Boolean) ? exitCodes.failed : exitCodes.done
    } finally {
      await engine.stop()
    }
  },
}

/** Rows and states of one job, until all its runs are done or failed. */
class CommandTraining {
  readonly failures: (LabErrorData | undefined)[] = []
  logs: RunLog[] = []
  readonly #spec: RunSpec
  readonly #settled = Promise.withResolvers<void>()
  #runs: RunProgress[] = []
  readonly #progress: Progress

  constructor(spec: RunSpec) {
    this.#spec = spec
    this.#progress = new Progress(spec.training.steps)
    // An engine that dies before anybody waits is reported by the call that was under way.
    this.#settled.promise.catch(() => {})
  }

  readonly events: EngineEvents = {
    rows: (run, rows) => this.logs[run]?.append(rows),
    state: (run, state, step, stepsPerSecond, failure) => {
      if (failure) this.failures[run] = failure
      const name = this.#runs[run]?.name ?? ''
      this.#runs[run] = { name, state, step, stepsPerSecond, loss: this.logs[run]?.latest().loss ?? Number.NaN }
      this.#progress.show(this.#runs)
      const over: readonly RunState[] = ['done', 'failed']
      if (this.#runs.every((each) => over.includes(each.state))) this.#settled.resolve()
    },
    checkpoint() {},
  }

  died(how: string): void {
    this.#settled.reject(
      new LabError(
        'engine-died',
        `The engine process ended with ${how}.`,
        'Nothing was written. Run the command again.',
      ),
    )
  }

  /** Whether it trained to the end; false when interrupted. */
  async finish(engine: Engine, facts: JobFacts, signal: AbortSignal): Promise<boolean> {
    const { length } = facts.task
    this.logs = facts.runs.map(({ config }) => new RunLog(length, cellById(config.cell).hasCellState))
    this.#runs = facts.runs.map(({ name }) => ({ name, state: 'ready', step: 0, stepsPerSecond: 0, loss: Number.NaN }))
    signal.addEventListener('abort', () => this.#settled.resolve())
    if (!signal.aborted) {
      await engine.functions.play(this.#spec.training.steps)
      await this.#settled.promise
    }
    if (signal.aborted) {
      process.stderr.write('\nInterrupted; nothing was written.\n')
      return false
    }
    this.#progress.end(this.#runs)
    return true
  }
}

async function refuseFilled(out: string): Promise<void> {
  const entries = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new LabError('usage', `--out ${out} is not a folder that can be read.`, 'Name a new or empty folder.')
  })
  if (entries.length) throw new LabError('usage', `--out ${out} is not empty.`, 'Name a new or empty folder.')
}

async function readRun(path: string): Promise<{ spec: RunSpec; source: TaskSource | undefined }> {
  const bytes = await readInput(path)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const message = `${path} is not JSON: ${(error as Error).message}.`
    throw new LabError('spec-invalid', message, 'Start from main/cli/run.example.json.', { file: path })
  }
  const spec = resolveSpec(json, path)
  const file = fileOf(spec)
  if (file === undefined) return { spec, source: undefined }
  const data = resolve(dirname(path), file)
  return { spec, source: readSource(spec.task, data, await readInput(data)) }
}

/** Fills DIR and returns what is printed: paths, scores on held-out examples, failures. */
async function writeResult(
  folder: StagedFolder,
  spec: RunSpec,
  engine: Engine,
  facts: JobFacts,
  training: CommandTraining,
  seconds: number,
) {
  const [info, snapshots, { scores }] = await Promise.all([
    engine.functions.info(),
    engine.functions.snapshots(),
    engine.functions.answers(),
  ])
  const runs = facts.runs.map(({ name, config, parameters }, k) => {
    const latest = training.logs[k]?.latest()
    return {
      name,
      cell: config.cell,
      parameters,
      steps: snapshots[k]?.step,
      loss: latest?.loss,
      metric: latest?.metric,
      heldOut: scores[k],
      ...(training.failures[k] && { failure: training.failures[k] }),
    }
  })
  const versions = { unroll: version, node: process.versions.node, engine: info.version }
  const record = { ...spec, engine: info.id, versions, seconds, metric: facts.task.metric, runs }
  await folder.add({ 'run.json': new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`) })
  for (const [k, { name, config }] of facts.runs.entries()) {
    const model = { config, parameters: snapshots[k]?.parameters ?? {} }
    const files = modelFolder.files({ model, rows: (training.logs[k] as RunLog).rows() })
    await folder.add(Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`${name}/${file}`, bytes])))
  }
  return { engine: info.id, seconds, baselines: facts.task.baselines.test, runs }
}
