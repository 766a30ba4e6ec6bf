import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Handlers } from '../../shared/contract.ts'
import { connectLab } from '../../shared/rpc.ts'
import { resolvePage, sendPage } from './pages.ts'
import { type LabServer, startServer } from './server.ts'

/** Answers one call; the server is what is tested here. */
const handlers = { datasets: { list: () => [] } } as unknown as Handlers

let folder: string
let server: LabServer
let token: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-server-'))
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page', 'index.html'), '<title>Unroll</title>')
  await writeFile(join(folder, 'secret.html'), 'secret')
  server = await startServer({ handlers, page: join(folder, 'page'), port: 0 })
  token = server.address.split('#')[1] as string
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.port, path, headers, method }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode as number, body, headers: response.headers }))
    })
    call.on('error', reject).end()
  })
}

function open(protocols: string[], headers: Record<string, string> = {}, path = '/lab') {
  const origin = `http://127.0.0.1:${server.port}`
  return new Promise<WebSocket>((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, { headers: { origin, ...headers } })
    socket.on('open', () => resolve(socket))
    socket.on('error', reject)
  })
}

test('the token has 256 bits and stands in the fragment alone', () => {
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect(new URL(server.address).search).toBe('')
})

test('the page comes with a policy that allows its own files only', async () => {
  const { status, body, headers } = await get('/')
  expect([status, body]).toEqual([200, '<title>Unroll</title>'])
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'/)
  expect(headers['content-security-policy']).not.toMatch(/unsafe/)
})

test.each([
  '/../secret.html',
  '/%2e%2e/secret.html',
  '/..%2fsecret.html',
  '/..%5csecret.html',
  '/%00',
  '/%',
  '//',
  '//[',
  '//etc/passwd',
  '/.git/config',
])('a path out of the page folder gets 404: %s', async (path) => {
  expect((await get(path)).status).toBe(404)
  expect(resolvePage('/page', path) ?? '/page/').toMatch(/^\/page\//)
})

test('a foreign Host is refused, so that a rebound name reaches nothing', async () => {
  expect((await get('/', { Host: 'example.com' })).status).toBe(421)
  expect((await get('/', { Host: `127.0.0.1:${server.port + 1}` })).status).toBe(421)
})

test('only reading is allowed', async () => {
  expect((await get('/', {}, 'POST')).status).toBe(405)
})

test('a browser that has gone before its answer is no fault', async () => {
  const sent = await new Promise((resolve, reject) => {
    const http = createServer((_request, response) => {
      response.destroy()
      http.close()
      sendPage(join(folder, 'page'), '/', response).then(() => resolve('nothing'), reject)
    })
    http.listen(0, '127.0.0.1', () => {
      const socket = connect((http.address() as AddressInfo).port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    })
  })
  expect(sent).toBe('nothing')
})

describe('the socket', () => {
  test('answers calls with the right token', async () => {
    const socket = await open(['unroll', `token.${token}`])
    const lab = connectLab({
      send: (frame) => socket.send(frame),
      receive: (handler) => socket.on('message', (data: Buffer) => handler(data)),
    })
    expect(await lab.datasets.list()).toEqual([])
    socket.close()
  })

  test.each([
    ['no token', ['unroll'], {}],
    ['a wrong token', ['unroll', 'token.AAAA'], {}],
    ['no protocol', undefined, {}],
    ['a foreign origin', 'right', { origin: 'http://example.com' }],
    ['a foreign host', 'right', { host: 'example.com' }],
  ] as const)('refuses %s', async (_name, protocols, headers) => {
    const offered = protocols === 'right' ? ['unroll', `token.${token}`] : [...(protocols ?? [])]
    await expect(open(offered, headers)).rejects.toThrow(/403/)
  })

  test('refuses another path', async () => {
    await expect(open(['unroll', `token.${token}`], {}, '/other')).rejects.toThrow(/403/)
  })
})

test('a taken port is said with what to do', async () => {
  await expect(startServer({ handlers, page: folder, port: server.port })).rejects.toMatchObject({
    code: 'usage',
    hint: 'Choose another with --port.',
  })
})
