import { expect, test, vi } from 'vitest'
import { Desk } from './desk.ts'

test('work that reports and fails at once is told as any other', async () => {
  const desk = new Desk()
  const stages: unknown[] = []
  desk.begin({ id: 'wasm', action: 'verify', stages: ['test'] }, (onProgress) => {
    onProgress({ stage: 'test' })
    void desk.follow(undefined).then(({ work }) => stages.push(work?.progress?.stage))
    throw new Error('it cannot begin')
  })
  expect((await desk.follow(undefined)).work).toMatchObject({ id: 'wasm', isCancelled: false })
  await vi.waitFor(() => desk.refuseWhileBusy())
  const { work, outcomes } = await desk.follow(undefined)
  expect([stages, work]).toEqual([['test'], undefined])
  expect(outcomes).toMatchObject([{ id: 'wasm', end: 'failed', error: { message: 'it cannot begin' } }])
  await desk.close()
})
