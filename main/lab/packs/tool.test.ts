import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runTool } from './tool.ts'

const running = { signal: new AbortController().signal }

test('a tool says how it ended and what it wrote', async () => {
  const script = "process.stdout.write('out '); process.stderr.write(process.env.WORD ?? ''); process.exitCode = 3"
  const found = await runTool(process.execPath, ['-e', script], { ...running, env: { WORD: 'err' } })
  expect(found).toEqual({ code: 3, output: 'out err' })
  expect((await runTool('no-such-program', [], running)).code).toBe(-1)
})

test.skipIf(process.platform === 'win32')('one that is cancelled ends with all that it started', async () => {
  const abort = new AbortController()
  // The sleeping one holds the pipe: until it is gone too, there is no result.
  const running = runTool('sh', ['-c', 'sleep 600 & echo started; wait'], { signal: abort.signal })
  await wait(300)
  abort.abort()
  expect(await running).toEqual({ code: -1, output: 'started\n' })
})

test('one that was cancelled before does not run on', async () => {
  const script = 'setTimeout(() => {}, 60_000)'
  expect((await runTool(process.execPath, ['-e', script], { signal: AbortSignal.abort() })).code).toBe(-1)
})
