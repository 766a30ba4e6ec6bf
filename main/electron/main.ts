import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  type OpenDialogOptions,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron'
import { errorData } from '../../shared/errors.ts'
import { serveLab } from '../../shared/rpc.ts'
import type { ForkEngine } from '../engine/client.ts'
import { wheelEndings } from '../lab/engine-room/wheels.ts'
import { createLab } from '../lab/index.ts'
import { engineChild } from './fork-engine.ts'
import { menuTemplate } from './menu.ts'
import { answerPage } from './page.ts'
import { pageAddress, scheme, secureContents, secureSession, webPreferences } from './security.ts'
import { windowWire } from './window-wire.ts'

/** The desktop shell: starts a lab, opens a window, connects the two. */
const inBundle = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** In the window that asks. The page itself gets nothing but the paths. */
async function pickWheels(): Promise<string[]> {
  const options: OpenDialogOptions = {
    properties: ['openFile', 'multiSelections'],
    filters: [{ name: 'Wheel', extensions: [...wheelEndings] }],
  }
  const window = BrowserWindow.getFocusedWindow()
  const { filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options))
  return filePaths
}

type CreatedLab = Awaited<ReturnType<typeof createLab>>

const forkEngine: ForkEngine = (entry, args, env = {}) =>
  engineChild(
    utilityProcess.fork(entry, [...args], { serviceName: 'Unroll engine', env: { ...process.env, ...env } }),
    (pid) => process.kill(pid, 'SIGKILL'),
  )

function openWindow(lab: CreatedLab): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#141414' : '#ffffff',
    webPreferences: { ...webPreferences, preload: inBundle('../preload/preload.cjs') },
  })
  serveLab(lab.handlers, windowWire(ipcMain, window.webContents))
  window.once('ready-to-show', () => window.show())
  // The lab is in this process: a page that died is loaded again and finds its training going on.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') setImmediate(() => !window.isDestroyed() && window.webContents.reload())
  })
  void window.loadURL(pageAddress)
  return window
}

async function start(): Promise<void> {
  await app.whenReady()
  const { values } = parseArgs({
    args: process.argv.slice(app.isPackaged ? 1 : 2),
    options: { workspace: { type: 'string' } },
    // Chromium's own switches stand on the same command line.
    strict: false,
  })
  const workspace = typeof values.workspace === 'string' ? values.workspace : undefined
  const lab = await createLab({ workspace, fork: forkEngine, pickWheels })
  secureSession(session.defaultSession)
  protocol.handle(scheme, (request) => answerPage(inBundle('../renderer'), request))
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)))
  const window = openWindow(lab)
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore()
    window.focus()
  })
  app.on('window-all-closed', () => app.quit())
  app.once('will-quit', (event) => {
    event.preventDefault()
    void lab.close().finally(() => app.exit(0))
  })
}

app.setName('Unroll')
protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
app.enableSandbox()
app.on('web-contents-created', (_event, contents) => secureContents(contents, (url) => void shell.openExternal(url)))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())

if (app.requestSingleInstanceLock()) {
  start().catch((thrown) => {
    const { message, hint } = errorData(thrown)
    dialog.showErrorBox('Unroll could not start', `${message}\n${hint}`)
    app.exit(1)
  })
} else {
  app.quit()
}
