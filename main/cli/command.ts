import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { LabError } from '../../shared/errors.ts'

export interface Invocation {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
}

/** One command of `unroll`: a file in commands/, a line in commands/registry.ts. */
export interface Command {
  readonly name: string
  /** How it is called, without `unroll`. */
  readonly usage: string
  readonly summary: string
  /** What each option does, as lines of help. */
  readonly details?: readonly string[]
  readonly options: ParseArgsOptionsConfig
  /** Least and most positional arguments. */
  readonly arity: readonly [number, number]
  /** Resolves to the exit code. Aborted by Ctrl-C. */
  run(invocation: Invocation, signal: AbortSignal): Promise<number>
}

/** What a shell is told: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

const help = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const

/** Throws LabError `usage` with the command's own usage as the hint. */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const hint = `Usage: unroll ${command.usage}`
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({ args: [...args], options: { ...command.options, ...help }, allowPositionals: true })
  } catch (error) {
    throw new LabError('usage', `${command.name}: ${(error as Error).message}`, hint)
  }
  const values = parsed.values as Invocation['values']
  const [least, most] = command.arity
  const count = parsed.positionals.length
  if (!values.help && !values.version && (count < least || count > most)) {
    const expected = least === most ? `${least}` : `${least} to ${most}`
    throw new LabError('usage', `${command.name} takes ${expected} arguments, got ${count}.`, hint)
  }
  return { positionals: parsed.positionals, values }
}

/** The value of an option that must be given. Throws LabError `usage`. */
export function required(command: Command, { values }: Invocation, option: string): string {
  const value = values[option]
  if (typeof value === 'string' && value) return value
  throw new LabError('usage', `${command.name} needs --${option}.`, `Usage: unroll ${command.usage}`)
}

export function commandHelp({ usage, summary, details = [] }: Command): string {
  return [`Usage: unroll ${usage}`, '', summary, ...(details.length ? ['', ...details] : [])].join('\n')
}
