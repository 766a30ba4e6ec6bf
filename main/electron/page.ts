import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { contentTypes, resolvePage, securityHeaders } from '../server/pages.ts'
import { isPage } from './security.ts'

/** Answers a request for one of the page's files below `folder`; anything else is not found. */
export async function answerPage(folder: string, request: Request): Promise<Response> {
  const file = isPage(request.url) && request.method === 'GET' ? resolvePage(folder, pathOf(request.url)) : undefined
  const type = file && contentTypes[extname(file)]
  // A folder, or a file that is not there, cannot be read either.
  const body = file && type ? await readFile(file).catch(() => undefined) : undefined
  if (!body || !type) {
    return new Response('Not found', { status: 404, headers: { ...securityHeaders, 'Content-Type': 'text/plain' } })
  }
  return new Response(new Uint8Array(body), { headers: { ...securityHeaders, 'Content-Type': type } })
}

const pathOf = (address: string): string => new URL(address).pathname
