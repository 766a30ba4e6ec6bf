import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** For tests: the command line as a process of its own. */

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))

/** `env` is added to this process' own environment. */
export function startCli(folder: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const options = { cwd: folder, env: { ...process.env, ...env } }
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', entry, ...args], options)
}

/** What it printed and how it ended. */
export function finished(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
