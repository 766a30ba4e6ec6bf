import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const endWithParent = new URL('../../build/end-with-parent.mjs', import.meta.url).href
const entry = fileURLToPath(new URL('../../main/cli/main.ts', import.meta.url))

const workspaces: string[] = []
process.on('exit', () => {
  for (const workspace of workspaces) rmSync(workspace, { recursive: true, force: true })
})

/** It goes with this process: several tests may share one. */
export function newWorkspace(): string {
  const workspace = mkdtempSync(join(tmpdir(), 'unroll-e2e-'))
  workspaces.push(workspace)
  return workspace
}

/** The real lab, served by the command line as a person would. */
export class ServedLab {
  readonly address: string
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, address: string) {
    this.#process = child
    this.address = address
  }

  /** `env` is added to this process' own. */
  static async start(workspace: string, env: Readonly<Record<string, string>> = {}): Promise<ServedLab> {
    const args = [
      '--disable-warning=ExperimentalWarning',
      // A test run that is cut off takes its labs with it.
      '--import',
      endWithParent,
      entry,
      'serve',
      '--no-open',
      '--port',
      '0',
      '--workspace',
      workspace,
    ]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: { ...process.env, ...env },
    })
    const [chunk] = await once(child.stdout as Readable, 'data')
    return new ServedLab(child, String(chunk).trim())
  }

  /** Ends it as Ctrl-C does; resolves to the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGINT')
  }

  /** Ends it as a crash does: nothing can be saved on the way out. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Process ids of the engines that this lab has started. */
  engines(): number[] {
    return childrenOf(this.#process.pid as number)
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return this.#process.exitCode
    const gone = once(this.#process, 'exit')
    this.#process.kill(signal)
    const [code] = await gone
    return code as number | null
  }
}

function childrenOf(pid: number): number[] {
  // Linux alone lists them here; elsewhere the tests that ask are skipped by name.
  const { readFileSync } = process.getBuiltinModule('node:fs')
  const tasks = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return tasks.trim().split(/\s+/).filter(Boolean).map(Number)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
