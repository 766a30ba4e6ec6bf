import { constants, setPriority } from 'node:os'
import { createBirpc } from 'birpc'
import { errorData, LabError } from '../../shared/errors.ts'
import { loadBackend } from './backends/registry.ts'
import { hostChannel, postAnswers } from './channel.ts'
import { batchView } from './inspect/batch.ts'
import { inspectExample } from './inspect/example.ts'
import { find, type Search } from './inspect/find.ts'
import { glance } from './inspect/glance.ts'
import { openedSubject } from './inspect/opened.ts'
import type { Subject } from './inspect/subject.ts'
import { whatIf } from './inspect/what-if.ts'
import type { EngineEvents, EngineFunctions, Of } from './protocol.ts'
import { answersOf, sampleFrom } from './results.ts'
import { Session } from './session.ts'
import { trace } from './trace.ts'

/**
 * The engine process: computes for one host and ends with it. Started by client.ts with the backend's
 * id and the number of its threads as arguments.
 */
const channel = hostChannel()
// Training yields to the page and to whatever else the person runs.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

const started = loadBackend(process.argv[2] ?? 'auto').then((backend) =>
  backend.start({ threads: Number(process.argv[3] ?? 1) }),
)
started.catch(() => {}) // reported by whoever asks

let session: Session | undefined
/** Models from files by their id. */
const models = new Map<string, Subject>()
/** The search that was asked for last. */
let search: Search = { cancelled: false }

function current(): Session {
  if (!session) throw new LabError('internal', 'No experiment is open in this engine.', 'Open one first.')
  return session
}

async function subject(of: Of = []): Promise<Subject> {
  if (!('model' in of)) return current().subject(of)
  const opened = models.get(of.model)
  if (!opened) throw new LabError('internal', `No model ${of.model} is open in this engine.`, 'Open it first.')
  return opened
}

const functions: EngineFunctions = {
  info: async () => (await started).info,
  async open(job) {
    const { compute } = await started
    await session?.pause()
    await session?.close()
    session = new Session(compute, job, host)
    return session.facts
  },
  play: async (steps) => current().play(steps),
  pause: () => current().pause(),
  step: () => current().step(),
  snapshots: async () => current().snapshots(),
  ways: async () => current().ways,
  answers: async (of) => answersOf(await subject(of)),
  example: async (query, of) => inspectExample(await subject(of), query),
  glance: async (query, of) => glance(await subject(of), query),
  batch: async (query, of) => batchView(await subject(of), query),
  async openModel(id, opening) {
    const { compute } = await started
    const opened = openedSubject(compute, opening)
    models.set(id, opened)
    return opened.task.facts
  },
  async closeModel(id) {
    models.delete(id)
  },
  async find(query, of) {
    search.cancelled = true
    const own: Search = { cancelled: false }
    search = own
    return find(await subject(of), query, own)
  },
  async cancelFind() {
    search.cancelled = true
  },
  whatIf: async (query, of) => whatIf(await subject(of), query),
  sample: async (run, prompt, length, temperature) =>
    sampleFrom(await current().subject(), current().seed, { run, prompt, length, temperature }),
  async trace(model, batch, options) {
    const { compute } = await started
    return trace(compute, model, batch, options)
  },
  async time(path, problem, steps) {
    const { compute } = await started
    const { timeSteps } = await import('./timing/timing.ts')
    return timeSteps(compute, path, problem, steps)
  },
  ceiling: async () => (await started).compute.ceiling?.() ?? null,
  async check(id) {
    const { compute, info } = await started
    const { runCheck } = await import('./checks/registry.ts')
    return runCheck(id, compute, info.id)
  },
}

/** Errors cross the process border as plain data. */
const guarded = Object.fromEntries(
  Object.entries(functions).map(([name, call]) => [
    name,
    async (...args: never[]) => {
      try {
        return { value: await (call as (...args: never[]) => unknown)(...args) }
      } catch (thrown) {
        return { error: errorData(thrown) }
      }
    },
  ]),
)

const host = createBirpc<EngineEvents>(guarded, {
  post: (message) => postAnswers(channel, message),
  on: channel.receive,
  eventNames: ['rows', 'state', 'checkpoint', 'moment'],
}) as unknown as EngineEvents
