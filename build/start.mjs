import { findElectron, noWindowBecause } from './electron.mjs'
import { desktop, make, page } from './make.mjs'
import { root } from './paths.mjs'
import { become, environment, runLab } from './run.mjs'
import { main, say } from './say.mjs'
import { setUp } from './set-up.mjs'

const help = `npm start -- [--workspace DIR] [--electron] [--no-open] [--port N]

Sets up what is missing, builds what changed, and opens the lab: in a window where Electron's binary and
a display are there, otherwise in the browser, served on this machine only.

  --workspace DIR  where experiments are kept (default: the platform's folder for user data)
  --electron       try again to fetch Electron's binary
  --no-open        serve the page and print its address, without opening a browser
  --port N         serve the page on this port
`

/**
 * @param {string} node
 * @param {readonly string[]} options
 * @returns {Promise<{ program: string } | { reason: string }>}
 */
async function findWindow(node, options) {
  const asked = options.includes('--electron')
  if (options.some((option) => /^--(no-open|port)(=|$)/.test(option)))
    return { reason: '--no-open and --port ask for it' }
  const reason = noWindowBecause({ platform: process.platform, env: process.env, uid: process.getuid?.() })
  if (reason) return { reason }
  const program = await findElectron(node, asked)
  return program ? { program } : { reason: "a window needs Electron's binary, which could not be had" }
}

await main(async () => {
  const options = process.argv.slice(2)
  if (options.includes('--help') || options.includes('-h')) {
    process.stdout.write(help)
    return 0
  }
  const node = await setUp()
  const passed = options.filter((option) => option !== '--electron')
  const window = await findWindow(node, options)
  if ('program' in window) {
    await make(node, desktop)
    return become(window.program, [root, ...passed], { env: environment(node) })
  }
  await make(node, page)
  say(`Serving the lab for the browser: ${window.reason}.`)
  return runLab(node, ['serve', ...passed])
})
