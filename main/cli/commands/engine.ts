import type { EngineInfo } from '../../../shared/contract.ts'
import { LabError } from '../../../shared/errors.ts'
import { listEngines, selfTestPack } from '../../lab/engines.ts'
import { installPack, removePack } from '../../lab/packs/install.ts'
import { packIds } from '../../lab/packs/recipes.ts'
import { findPack, type Pack, sizeOf } from '../../lab/packs/store.ts'
import { readSelfTests } from '../../lab/self-tests.ts'
import { verifyEngine } from '../../lab/verify-engine.ts'
import { type Command, exitCodes, type Invocation } from '../command.ts'
import { PackMeter } from '../pack-meter.ts'

type Action = (id: string, invocation: Invocation, signal: AbortSignal) => Promise<number>

const actions: Readonly<Record<string, Action>> = { install, verify, remove }

export const engine: Command = {
  name: 'engine',
  usage: 'engine list|install|verify|remove [ID] [--from FILE...] [--json]',
  summary: 'Lists the engines that can compute, after starting each; installs, checks and removes those of packs.',
  details: [
    `  install ID      makes a pack: ${packIds.join(', ')}. pip fetches the libraries, the machine's compiler`,
    '                  compiles the binding, and PyTorch’s numbers must come out before it is used',
    '  --from FILE...  its wheels (Windows: the zip) are already here: nothing is fetched',
    '  verify ID       files by their hashes, numbers against PyTorch',
    '  remove ID       removes all of it',
    '  --json          list as JSON',
    '',
    'Packs are kept in the folder for user data, or in UNROLL_ENGINES.',
  ],
  options: { json: { type: 'boolean' }, from: { type: 'string', multiple: true } },
  arity: [1, 99],
  async run(invocation, signal) {
    const [name, id, ...rest] = invocation.positionals
    if (rest.length > 0 && !invocation.values.from) {
      throw new LabError('usage', `engine: too much: ${rest.join(' ')}.`, `Usage: unroll ${engine.usage}`)
    }
    if (name === 'list') return list(Boolean(invocation.values.json))
    const action = actions[String(name)]
    if (!action) throw new LabError('usage', `engine: there is no action "${name}".`, `Usage: unroll ${engine.usage}`)
    if (id === undefined) {
      throw new LabError(
        'usage',
        `engine ${name} needs an engine: ${packIds.join(', ')}.`,
        `Usage: unroll ${engine.usage}`,
      )
    }
    return action(id, invocation, signal)
  },
}

async function list(asJson: boolean): Promise<number> {
  const engines = await listEngines()
  if (asJson) console.log(JSON.stringify(engines))
  else for (const info of engines) console.log(lineOf(info))
  return engines.some(({ state }) => state === 'ready') ? exitCodes.done : exitCodes.failed
}

function lineOf({ id, state, description, version, device, bytes, selfTest }: EngineInfo): string {
  const memory = device?.bytes === undefined ? '' : ` with ${Math.round(device.bytes / 2 ** 20)} MiB`
  const on = device ? [`on ${device.name}${memory}`] : []
  const size = bytes === undefined ? [] : [`${Math.round(bytes / 1e6)} MB`]
  const test = selfTest ? [`off by ${selfTest.error.toPrecision(2)} on ${selfTest.at.slice(0, 10)}`] : []
  if (selfTest?.unsupported) test.push(`without ${selfTest.unsupported.join(', ')}`)
  return [id, state, description, version, ...on, ...size, ...test].filter(Boolean).join('  ')
}

async function install(id: string, { values, positionals }: Invocation, signal: AbortSignal): Promise<number> {
  const meter = new PackMeter()
  try {
    const pack = await installPack(id, {
      // A shell puts the rest of *.whl behind the option's own.
      ...(Array.isArray(values.from) && { from: [...values.from.map(String), ...positionals.slice(2)] }),
      selfTest: selfTestPack,
      onProgress: (progress) => meter.show(progress),
      signal,
    })
    meter.end()
    console.log(`installed  ${summary(pack)}`)
    return exitCodes.done
  } catch (error) {
    meter.end()
    if (signal.aborted) return exitCodes.interrupted
    throw error
  }
}

async function verify(id: string, _invocation: Invocation, signal: AbortSignal): Promise<number> {
  const meter = new PackMeter()
  try {
    await verifyEngine(id, { onProgress: (progress) => meter.show(progress), signal })
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted
    throw error
  } finally {
    meter.end()
  }
  const pack = await findPack(id)
  const tested = pack ? summary(pack) : `${id}  ${offBy((await readSelfTests())[id])}`
  console.log(`verified  ${tested}`)
  return exitCodes.done
}

async function remove(id: string): Promise<number> {
  await removePack(id)
  console.log(`removed  ${id}`)
  return exitCodes.done
}

function summary({ manifest }: Pack): string {
  const { id, version, selfTest } = manifest
  return `${id}  TensorFlow ${version}  ${Math.round(sizeOf(manifest) / 1e6)} MB  ${offBy(selfTest)}`
}

const offBy = (test: EngineInfo['selfTest']): string =>
  test ? `off PyTorch by ${test.error.toPrecision(2)} (allowed ${test.limit})` : ''
