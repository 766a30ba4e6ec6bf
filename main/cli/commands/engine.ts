import { LabError } from '../../../shared/errors.ts'
import { listEngines } from '../../lab/engines.ts'
import { type Command, exitCodes } from '../command.ts'

export const engine: Command = {
  name: 'engine',
  usage: 'engine list [--json]',
  summary: 'Lists the engines that can compute, after starting each.',
  options: { json: { type: 'boolean' } },
  arity: [1, 1],
  async run({ positionals: [action], values }) {
    if (action !== 'list') {
      throw new LabError('usage', `engine: there is no action "${action}".`, `Usage: unroll ${engine.usage}`)
    }
    const engines = await listEngines()
    if (values.json) console.log(JSON.stringify(engines))
    else
      for (const { id, state, description, version } of engines)
        console.log(`${id}  ${state}  ${description}  ${version}`)
    return engines.some(({ state }) => state === 'ready') ? exitCodes.done : exitCodes.failed
  },
}
