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

/** Whether children can be ended together: as a group, which Windows does not have. */
const hasGroups = process.platform !== 'win32'

/** Runs a program of the machine without a shell; it and what it started are killed when `signal` is aborted. */
export async function runTool(
  command: string,
  args: readonly string[],
  { signal, env }: ToolOptions,
): Promise<ToolResult> {
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: hasGroups,
  })
  const kill = () => {
    if (child.pid === undefined) return
    try {
      process.kill(hasGroups ? -child.pid : child.pid, 'SIGKILL')
    } catch {
      // it has just ended
    }
  }
  if (signal.aborted) kill()
  signal.addEventListener('abort', kill)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000)
    })
  }
  try {
    return await new Promise((resolve) => {
      child.on('error', (error) => resolve({ code: -1, output: error.message }))
      child.on('close', (code) => resolve({ code: code ?? -1, output }))
    })
  } finally {
    signal.removeEventListener('abort', kill)
  }
}
