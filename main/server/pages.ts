import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

/** Kinds of file the page consists of; nothing else is served. */
export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

/** What every answer carries. The page's own files are all that a browser may load or run. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
}

/** The file below `root` that a request path names; undefined for anything that is not inside it. */
export function resolvePage(root: string, path: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  if (!decoded.startsWith('/') || decoded.includes('\0') || decoded.includes('\\')) return undefined
  if (decoded.split('/').some((part) => part.startsWith('.'))) return undefined
  const file = normalize(join(root, decoded === '/' ? 'index.html' : decoded))
  return file.startsWith(root + sep) ? file : undefined
}

/** Answers with a file of the page, or 404. A browser may have gone before: then nothing is sent. */
export async function sendPage(root: string, path: string, response: ServerResponse): Promise<void> {
  const file = resolvePage(root, path)
  const type = file && contentTypes[extname(file)]
  // Whole, not as a stream: the files are small, and a stream cannot be led to a browser that has gone.
  const content = type ? await readFile(file).catch(() => undefined) : undefined
  if (!type || !content) {
    response.writeHead(404, { ...securityHeaders, 'Content-Type': 'text/plain' }).end('Not found')
    return
  }
  // Built files carry a hash in their name; the page itself must be asked for again.
  const cache = path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-store'
  const headers = { 'Content-Type': type, 'Content-Length': content.length, 'Cache-Control': cache }
  response.writeHead(200, { ...securityHeaders, ...headers }).end(content)
}
