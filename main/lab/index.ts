import { toJsonSchema } from '@valibot/to-json-schema'
import type { CellInfo, Experiment, Handlers, OptimizerInfo, TaskInfo } from '../../shared/contract.ts'
import { LabError } from '../../shared/errors.ts'
import { cells } from '../engine/cells/catalogue.ts'
import { optimizers } from '../engine/optimizers/registry.ts'
import { tasks } from '../engine/tasks/registry.ts'
import { Checks } from './checks.ts'
import { datasetOf } from './datasets/dataset-of.ts'
import { ImportJobs } from './datasets/import/jobs.ts'
import { datasetRoom } from './datasets/room.ts'
import { engineRoom, type PickWheels } from './engine-room/room.ts'
import { exportModel, modelFormats } from './exports/registry.ts'
import { inspectable, inspectRoom } from './inspections.ts'
import { OpenedModels } from './models/opened-models.ts'
import { experimentName, fileName } from './naming.ts'
import type { EngineChoice } from './runs/engine-slot.ts'
import { rowsUpTo } from './runs/log.ts'
import { resolveSpec } from './runs/spec.ts'
import { Trainings } from './trainings.ts'
import { version } from './version.ts'
import type { StoredExperiment } from './workspace/experiments.ts'
import { Workspace } from './workspace/workspace.ts'

export interface LabOptions extends EngineChoice {
  /** Folder of the workspace; left out: the platform's folder for user data. */
  readonly workspace?: string | undefined
  /** Where there is a window that can ask for files. */
  readonly pickWheels?: PickWheels
}

export interface OpenLab {
  readonly handlers: Handlers
  /** Pauses and saves what trains, ends every engine process, and lets the workspace go. */
  close(): Promise<void>
}

/** The product itself, without window, socket or argv. Throws `workspace-in-use` or `workspace-invalid`. */
export async function createLab({ workspace: folder, pickWheels, ...engine }: LabOptions = {}): Promise<OpenLab> {
  const workspace = await Workspace.open(folder)
  const trainings = new Trainings(workspace, engine)
  const checks = new Checks(engine.fork)
  const engines = engineRoom(engine, { trainings, checks }, pickWheels)
  const models = new OpenedModels(engine)
  const imports = new ImportJobs(workspace)
  const handlers: Handlers = {
    ...labRoom(workspace, checks),
    engines: engines.handlers,
    ...datasetRoom(workspace),
    ...importRoom(imports),
    ...experimentRoom(workspace, trainings),
    ...trainingRoom(workspace, trainings, models),
    ...inspectRoom(workspace, trainings, models),
    ...exportRoom(workspace, trainings),
  }
  return {
    handlers,
    async close() {
      await Promise.all([trainings.close(), checks.close(), engines.close(), models.stop(), imports.close()])
      workspace.close()
    },
  }
}

const taskInfos: readonly TaskInfo[] = Object.values(tasks).map(({ id, needs, schema }) => ({
  id,
  needs,
  schema: toJsonSchema(schema, { typeMode: 'input' }) as Readonly<Record<string, unknown>>,
}))

const cellInfos: readonly CellInfo[] = cells.map(({ id, hasCellState, gates }) => ({ id, hasCellState, gates }))

const optimizerInfos: readonly OptimizerInfo[] = optimizers.map(({ id, defaults }) => ({ id, defaults }))

function labRoom({ folder }: Workspace, checks: Checks): Pick<Handlers, 'lab'> {
  return {
    lab: {
      info: () => ({
        version,
        workspace: folder,
        tasks: taskInfos,
        cells: cellInfos,
        optimizers: optimizerInfos,
      }),
      check: (id, engineId) => checks.run(id, engineId),
    },
  }
}

function importRoom(imports: ImportJobs): Pick<Handlers, 'imports'> {
  return {
    imports: {
      begin: (name, size) => imports.begin(name, size),
      add: (id, piece) => imports.add(id, piece),
      preview: (id, settings) => imports.preview(id, settings),
      run: (id, settings, name) => imports.run(id, settings, name),
      progress: (id) => imports.progress(id),
      cancel: (id) => imports.cancel(id),
    },
  }
}

function experimentRoom(workspace: Workspace, trainings: Trainings): Pick<Handlers, 'experiments'> {
  const { experiments } = workspace
  const present = ({ jobFacts: _facts, source: _source, ...experiment }: StoredExperiment): Experiment => {
    const runs = trainings.peek(experiment.id)?.summaries
    return runs ? { ...experiment, runs } : experiment
  }
  const get = (id: string, horizonThreshold?: number): Experiment => {
    const experiment = present(experiments.get(id))
    if (horizonThreshold === undefined) return experiment
    return { ...experiment, runs: trainings.get(id).summariesBy(horizonThreshold) }
  }
  return {
    experiments: {
      list: () => experiments.list().map(present),
      get,
      async create(input, name, engine) {
        const spec = resolveSpec(input, 'the experiment')
        const source = await datasetOf(workspace, spec.task)
        const id = experiments.newId()
        const taken = experiments.list().map((experiment) => experiment.name)
        await trainings.create({ id, spec, name: name ?? experimentName(spec, source?.name, taken), source }, engine)
        return get(id)
      },
      rename(id, name) {
        experiments.rename(id, name)
        return get(id)
      },
      async remove(id) {
        await trainings.get(id).stop()
        experiments.remove(id)
      },
      restore: (id) => experiments.restore(id),
    },
  }
}

function trainingRoom(
  { experiments }: Workspace,
  trainings: Trainings,
  models: OpenedModels,
): Pick<Handlers, 'training' | 'results'> {
  return {
    training: {
      play(id, steps) {
        if (steps !== undefined) experiments.extend(id, steps)
        return trainings.get(id).play(steps)
      },
      pause: (id) => trainings.get(id).pause(),
      step: (id) => trainings.get(id).step(),
      stop: (id) => trainings.get(id).stop(),
      follow: (id, cursor) => trainings.get(id).follow(cursor),
    },
    results: {
      answers: (id, step) => inspectable(id, trainings, models).answers(step),
      example: (id, index, horizonThreshold) =>
        trainings.get(id).example({ examples: 'test', index, jacobians: false, horizonThreshold }),
      sample: (id, run, prompt, length, temperature) => trainings.get(id).sample(run, prompt, length, temperature),
    },
  }
}

function exportRoom({ experiments }: Workspace, trainings: Trainings): Pick<Handlers, 'exports'> {
  return {
    exports: {
      formats: () => modelFormats,
      async model(id, run, format) {
        const training = trainings.get(id)
        const { parameters, step } = await training.snapshot(run)
        const rows = rowsUpTo(training.rows(run), step)
        const facts = training.facts.runs[run]
        if (!facts) throw new LabError('not-found', `There is no run ${run}.`, 'Open the experiment again.')
        const { bytes } = exportModel(facts.name, format, { model: { config: facts.config, parameters }, rows })
        return { name: `${fileName(experiments.get(id).name)}-${facts.name}-${format}.zip`, bytes }
      },
    },
  }
}
