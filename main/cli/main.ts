import { type ErrorCode, errorData } from '../../shared/errors.ts'
import { version } from '../lab/version.ts'
import { commandHelp, exitCodes, parseInvocation } from './command.ts'
import { commands } from './commands/registry.ts'

/** Errors of what a person typed or gave, as opposed to what went wrong while working on it. */
const inputErrors: ReadonlySet<ErrorCode> = new Set([
  'usage',
  'spec-invalid',
  'file-missing',
  'file-empty',
  'file-binary',
  'file-encoding',
  'file-too-large',
  'text-too-short',
  'csv-no-column',
  'csv-ragged',
  'csv-not-a-number',
  'csv-too-short',
  'csv-no-header',
  'row-invalid',
  'set-incomplete',
  'model-invalid',
  'batch-invalid',
  'format-invalid',
  'engine-unavailable',
])

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    'Usage: unroll COMMAND [ARGUMENT...]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'unroll COMMAND --help explains a command. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.',
  ].join('\n')
}

async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const [name, ...rest] = args
  if (name === '--version') {
    console.log(version)
    return exitCodes.done
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(overview())
    return exitCodes.done
  }
  const command = commands.find((candidate) => candidate.name === name)
  if (!command) {
    console.error(`unroll: there is no command "${name}".\n\n${overview()}`)
    return exitCodes.usage
  }
  const invocation = parseInvocation(command, rest)
  if (invocation.values.help || invocation.values.version) {
    console.log(invocation.values.help ? commandHelp(command) : version)
    return exitCodes.done
  }
  return command.run(invocation, signal)
}

const abort = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort())

try {
  process.exitCode = await run(process.argv.slice(2), abort.signal)
} catch (thrown) {
  const { code, message, hint } = errorData(thrown)
  console.error(`unroll: ${message}\n${hint}`)
  if (code === 'internal' && thrown instanceof Error) console.error(thrown.stack)
  process.exitCode = inputErrors.has(code) ? exitCodes.usage : exitCodes.failed
}
