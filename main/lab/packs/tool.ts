import { spawn } from 'node:child_process'

export interface ToolResult {
  /** -1 where it could not be started, for the reason in `output`. */
  readonly code: number
  /** Standard output and standard error, the last 20,000 characters. */
  readonly output: string
}

export interface ToolOptions {
  readonly signal: AbortSignal
  /** Added to this process' own environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program of the machine without a shell; killed when `signal` is aborted. */
export async function runTool(
  command: string,
  args: readonly string[],
  { signal, env }: ToolOptions,
): Promise<ToolResult> {
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    signal,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000)
    })
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: -1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? -1, output }))
  })
}
