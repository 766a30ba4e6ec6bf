import { existsSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { listEngines } from '../../lab/engines.ts'
import { version } from '../../lab/version.ts'
import { defaultWorkspace } from '../../lab/workspace/workspace.ts'
import { pageFolder } from '../../server/page-folder.ts'
import { type Command, exitCodes } from '../command.ts'

interface Finding {
  readonly name: string
  /** `note`: something optional that is not there. */
  readonly state: 'ok' | 'note' | 'bad'
  readonly text: string
}

export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor',
  summary: 'Says what is installed, what works and what to do.',
  options: {},
  arity: [0, 0],
  async run() {
    const findings = [node(), ...(await engines()), await workspace(), await page(), window()]
    for (const { name, state, text } of findings) console.log(`${state.padEnd(4)}  ${name.padEnd(12)}  ${text}`)
    return findings.some(({ state }) => state === 'bad') ? exitCodes.failed : exitCodes.done
  },
}

function node(): Finding {
  return {
    name: 'unroll',
    state: 'ok',
    text: `${version} on Node ${process.versions.node}, ${process.platform} ${process.arch}`,
  }
}

async function engines(): Promise<Finding[]> {
  return (await listEngines()).map(({ id, state, description, device, version: engineVersion }) => {
    const name = `engine ${id}`
    if (state === 'not-installed') {
      return { name, state: 'note', text: `not installed; unroll engine install ${id}` }
    }
    const on = device ? ` on ${device.name}` : ''
    if (state === 'ready') return { name, state: 'ok', text: `${description}${on}, ${engineVersion}` }
    // A machine without a GPU lacks nothing.
    return { name, state: id === 'webgpu' ? 'note' : 'bad', text: description }
  })
}

async function workspace(): Promise<Finding> {
  const folder = defaultWorkspace
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return { name: 'workspace', state: 'ok', text: folder }
  } catch (error) {
    const text = `${folder} cannot be written: ${(error as Error).message}. Use serve --workspace DIR.`
    return { name: 'workspace', state: 'bad', text }
  }
}

async function page(): Promise<Finding> {
  const folder = await pageFolder().catch(() => undefined)
  if (folder) return { name: 'page', state: 'ok', text: folder }
  return { name: 'page', state: 'note', text: 'not built yet; npm start builds it' }
}

function window(): Finding {
  const name = 'window'
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { name, state: 'note', text: 'no display; the lab opens in a browser (unroll serve)' }
  }
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
    if (existsSync(join(folder, 'dist'))) return { name, state: 'ok', text: 'Electron is installed' }
  } catch {
    // Not installed: said below.
  }
  return { name, state: 'note', text: "Electron's binary is not installed; the lab opens in a browser (unroll serve)" }
}
