import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerPage } from './page.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-page-'))
  await mkdir(join(folder, 'page', 'assets'), { recursive: true })
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'page', 'assets', 'a.js'), '1')
  await writeFile(join(folder, 'secret.js'), 'secret')
  await writeFile(join(folder, 'page', 'notes'), 'of no known kind')
})
afterAll(() => rm(folder, { recursive: true }))

const ask = (address: string, init?: RequestInit) => answerPage(join(folder, 'page'), new Request(address, init))

it('answers with the page and its files, under a policy that allows nothing from outside', async () => {
  const page = await ask('app://unroll/')
  expect(page.status).toBe(200)
  expect(page.headers.get('Content-Type')).toMatch('text/html')
  const policy = page.headers.get('Content-Security-Policy') ?? ''
  expect(policy).toMatch(/^default-src 'none';/)
  expect(policy).not.toMatch(/unsafe/)
  const script = await ask('app://unroll/assets/a.js?v=1')
  expect([script.headers.get('Content-Type'), await script.text()]).toEqual(['text/javascript; charset=utf-8', '1'])
})

it.each([
  'app://unroll/../secret.js',
  'app://unroll/%2e%2e/secret.js',
  'app://unroll/%2e%2e%2fsecret.js',
  'app://unroll/assets/..%2f..%2fsecret.js',
  'app://unroll/..%5csecret.js',
  'app://unroll/%00',
  'app://unroll/%',
  'app://unroll//etc/passwd',
  'app://unroll/assets',
  'app://unroll/notes',
  'app://unroll/missing.js',
  'app://other/index.html',
])('%s is not found', async (address) => {
  const answer = await ask(address)
  expect(answer.status).toBe(404)
  expect(await answer.text()).toBe('Not found')
})

it('takes no other method', async () => {
  expect((await ask('app://unroll/index.html', { method: 'POST' })).status).toBe(404)
})
