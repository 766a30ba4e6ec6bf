import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { createLab } from '../../lab/index.ts'
import { pageFolder } from '../../server/page-folder.ts'
import { startServer } from '../../server/server.ts'
import { type Command, exitCodes } from '../command.ts'

export const serve: Command = {
  name: 'serve',
  usage: 'serve [--port N] [--workspace DIR] [--no-open]',
  summary: 'Serves the lab on this machine alone and prints its address.',
  details: [
    '  --port N          exactly this port; otherwise the usual one or the next that is free',
    '  --workspace DIR   where experiments and datasets are kept (default: your user data folder)',
    '  --no-open         do not open a browser',
  ],
  options: { port: { type: 'string' }, workspace: { type: 'string' }, 'no-open': { type: 'boolean' } },
  arity: [0, 0],
  async run({ values }, signal) {
    const port = values.port === undefined ? undefined : parsePort(String(values.port))
    const workspace = values.workspace === undefined ? undefined : resolve(String(values.workspace))
    const page = await pageFolder()
    const lab = await createLab({ workspace })
    try {
      const server = await startServer({ handlers: lab.handlers, page, port })
      // The one line on stdout; the address is the key to the lab, and no log line repeats it.
      console.log(server.address)
      console.error('Unroll is open at the address above. Ctrl-C ends it; everything is kept.')
      if (!values['no-open'] && hasDesktop()) openBrowser(server.address)
      if (!signal.aborted) await once(signal, 'abort')
      await server.close()
    } finally {
      await lab.close()
    }
    return exitCodes.interrupted
  },
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new LabError('usage', `--port is "${text}".`, 'Give a number from 1 to 65535, or 0 for any free port.')
}

function hasDesktop(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address]
  const opener = spawn(command as string, args, { stdio: 'ignore', detached: true })
  // Without an opener the printed address is there all the same.
  opener.on('error', () => {})
  opener.unref()
}
