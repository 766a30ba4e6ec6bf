import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { bindingFile, layersFile } from './binding.ts'
import { installRecipe } from './install.ts'
import { carryBinding, coreWheel, cudaWheel, smallRecipe } from './small-recipe.ts'
import { changedFiles, environmentOf, findPack } from './store.ts'

let folder: string
let engines: string
let dropBinding: () => void
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-install-'))
  engines = join(folder, 'engines')
  vi.stubEnv('UNROLL_ENGINES', engines)
  vi.stubEnv('LD_LIBRARY_PATH', '/of/the/machine')
  dropBinding = carryBinding(folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  dropBinding()
  rmSync(folder, { recursive: true })
})

const passes = async () => ({ error: 1e-6, limit: 1e-4 })
const here = () => readdirSync(engines).filter((name) => name !== 'lock.sqlite')

describe('a pack of several wheels', () => {
  test('has their libraries and licences in their folders, and the binding that the app carries', async () => {
    const paths = [coreWheel(folder), cudaWheel(folder)]
    const pack = await installRecipe(smallRecipe(paths), { from: paths.toReversed(), selfTest: passes })
    const names = pack.manifest.files.map(({ name }) => name).sort()
    expect(names).toEqual([
      'nvidia/part/lib/libpart.so.12',
      'tensorflow/libcore.so.2',
      'tfjs_binding.node',
      'unroll_layers.node',
      'unroll_test_core-1.0.dist-info/licenses/License.txt',
      'unroll_test_cuda-1.0.dist-info/licenses/License.txt',
    ])
    const onDisk = readdirSync(pack.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(onDisk.map(({ name }) => name).sort()).toEqual([...names.map((name) => basename(name)), 'pack.json'].sort())
    expect(readFileSync(join(pack.folder, bindingFile), 'utf8')).toBe('a binding')
    expect(await changedFiles(pack)).toEqual([])
    expect((await findPack('tensorflow-cuda'))?.folder).toBe(pack.folder)
  })

  test('is loaded with its CUDA before that of the machine; one without leaves the path alone', async () => {
    const paths = [coreWheel(folder), cudaWheel(folder)]
    const pack = await installRecipe(smallRecipe(paths), { from: paths, selfTest: passes })
    expect(environmentOf(pack)).toMatchObject({
      UNROLL_TENSORFLOW_BINDING: join(pack.folder, bindingFile),
      LD_LIBRARY_PATH: `${join(pack.folder, 'nvidia/part/lib')}:/of/the/machine`,
      CUDA_VISIBLE_DEVICES: '0',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    })
    const plain = await installRecipe(smallRecipe([coreWheel(folder)], 'tensorflow-cpu'), {
      from: [coreWheel(folder)],
      selfTest: passes,
    })
    expect(Object.keys(environmentOf(plain))).not.toContain('LD_LIBRARY_PATH')
  })

  test("computes on one thread of TensorFlow's where the layers have their own, and not without them or on a GPU", async () => {
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', undefined)
    const threadsOf = async (id: string, ...paths: string[]) => {
      const pack = await installRecipe(smallRecipe(paths, id), { from: paths, selfTest: passes })
      const files = pack.manifest.files.filter(({ name }) => name !== layersFile)
      const without = { ...pack, manifest: { ...pack.manifest, files } }
      return [pack, without].map((each) => environmentOf(each).TF_NUM_INTRAOP_THREADS)
    }
    expect(await threadsOf('tensorflow-cpu', coreWheel(folder))).toEqual(['1', undefined])
    expect(await threadsOf('tensorflow-cuda', coreWheel(folder), cudaWheel(folder))).toEqual([undefined, undefined])
  })

  test('stays when the other is made, tried in vain and made again', async () => {
    const paths = [coreWheel(folder), cudaWheel(folder)]
    const first = await installRecipe(smallRecipe(paths), { from: paths, selfTest: passes })
    const cpu = () =>
      installRecipe(smallRecipe([coreWheel(folder)], 'tensorflow-cpu'), { from: [coreWheel(folder)], selfTest: passes })
    await cpu()
    const wrong = async () => ({ error: 1, limit: 1e-4 })
    await expect(installRecipe(smallRecipe(paths), { from: paths, selfTest: wrong })).rejects.toThrow(/computes wrong/)
    const second = await cpu()
    expect(here().sort()).toEqual([basename(first.folder), basename(second.folder), 'current.json'].sort())
    expect(await changedFiles(first)).toEqual([])
  })

  test('is not made of a file that is missing, another one, or damaged under its listed name', async () => {
    const paths = [coreWheel(folder), cudaWheel(folder)] as [string, string]
    const made = smallRecipe(paths)
    const refused = (from: string[], message: RegExp) =>
      expect(installRecipe(made, { from, selfTest: passes })).rejects.toThrow(message)
    await refused([paths[0]], /tensorflow-cuda also needs unroll_test_cuda-1\.0-py3-none-any\.whl/)
    await refused([...paths, join(folder, 'nowhere.whl')], /nowhere\.whl cannot be read/)
    const other = join(folder, 'unroll_test_core-2.0-py3-none-any.whl')
    writeFileSync(other, readFileSync(paths[0]))
    await refused([other, paths[1]], /unroll_test_core-2\.0-py3-none-any\.whl is no part of tensorflow-cuda/)
    writeFileSync(paths[1], readFileSync(paths[1]).subarray(1))
    await refused(paths, /unroll_test_cuda.* is damaged: its hash/)
    expect(existsSync(engines)).toBe(false)
  })
})
