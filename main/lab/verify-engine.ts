import { LabError } from '../../shared/errors.ts'
import { backendIds } from '../engine/backends/registry.ts'
import { isPacked, type SelfTestOptions, selfTestBuiltIn, selfTestPack } from './engines.ts'
import { verifyPack } from './packs/install.ts'
import type { OnProgress } from './packs/progress.ts'
import { changedFiles, readPack } from './packs/store.ts'
import { isRight, writeSelfTest, wrongNumbers } from './self-tests.ts'

export interface VerifyOptions extends SelfTestOptions {
  readonly onProgress?: OnProgress
}

/**
 * Checks an engine: a pack's files by their hashes, the numbers of any against PyTorch's. The result is recorded.
 * Throws LabError: `not-found` where it is not installed, `engine-unavailable` where it is damaged or computes wrong.
 */
export async function verifyEngine(id: string, options: VerifyOptions = {}): Promise<void> {
  const { onProgress = () => {}, signal } = options
  if (!isPacked(id)) return verifyBuiltIn(id, options)
  const pack = await readPack(id)
  if (!pack) throw new LabError('not-found', `${id} is not installed.`, `Run: unroll engine install ${id}`)
  onProgress({ stage: 'check' })
  const changed = await changedFiles(pack)
  signal?.throwIfAborted()
  onProgress({ stage: 'test' })
  await verifyPack(pack, changed, (tested) => selfTestPack(tested, options))
}

async function verifyBuiltIn(id: string, options: VerifyOptions): Promise<void> {
  if (!backendIds.includes(id)) {
    throw new LabError('not-found', `There is no engine "${id}".`, 'unroll engine list shows what there is.')
  }
  options.onProgress?.({ stage: 'test' })
  const test = await selfTestBuiltIn(id, options)
  await writeSelfTest(id, test).catch(() => {}) // in a folder that cannot be written it is right or wrong as well
  if (!isRight(test)) throw wrongNumbers(id, test)
}
