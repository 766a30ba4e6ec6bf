import type { Session, WebContents, WebPreferences } from 'electron'

/** The page's own scheme: unlike file://, it has an origin, and only the page's folder behind it. */
export const scheme = 'app'
export const pageAddress = `${scheme}://unroll/`

/** A window may do what a web page may, and less: see https://www.electronjs.org/docs/latest/tutorial/security */
export const webPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false, // it fetches dictionaries
} as const satisfies WebPreferences

/** Sites that the lab's texts cite. Opened by the person's browser, never by the window. */
const citedSites: ReadonlySet<string> = new Set(['arxiv.org', 'doi.org', 'pytorch.org', 'www.tensorflow.org'])

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined
}

export function isPage(address: string): boolean {
  const url = parse(address)
  return url?.protocol === `${scheme}:` && url.host === 'unroll' && url.username === '' && url.password === ''
}

/** What a window may load at all: its own files and what it made itself. The lab works without a network. */
export function mayLoad(address: string): boolean {
  const { protocol } = parse(address) ?? {}
  return isPage(address) || protocol === 'blob:' || protocol === 'data:' || protocol === 'devtools:'
}

export function mayOpenOutside(address: string): boolean {
  const url = parse(address)
  return url?.protocol === 'https:' && url.port === '' && url.username === '' && citedSites.has(url.hostname)
}

/** A frame as Electron names the sender of a message; null when it is already gone. */
export interface Sender {
  readonly url: string
  readonly parent: Sender | null
}

/** Whether a message comes from the page itself: not from a frame inside it, not from another page. */
export function isOwnFrame(frame: Sender | null): boolean {
  return frame !== null && frame.parent === null && isPage(frame.url)
}

/** What a person copies is put on the clipboard; the lab needs no camera, no place, no notification. */
const permitted = 'clipboard-sanitized-write'

export function secureSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(permission === permitted))
  session.setPermissionCheckHandler((_contents, permission) => permission === permitted)
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayLoad(url) }))
}

/** Whatever shows pages stays on ours; links elsewhere go to `openOutside` where they are cited sites. */
export function secureContents(contents: WebContents, openOutside: (address: string) => void): void {
  const stay = (event: { preventDefault(): void; readonly url: string }) => {
    if (!isPage(event.url)) event.preventDefault()
  }
  contents.on('will-navigate', stay)
  contents.on('will-frame-navigate', stay)
  contents.on('will-redirect', stay)
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) openOutside(url)
    return { action: 'deny' }
  })
}
