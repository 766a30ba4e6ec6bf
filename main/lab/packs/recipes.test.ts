import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compilerOf } from './compiler.ts'
import { packIds, recipeFor } from './recipes.ts'
import { parseWheelName } from './wheel-name.ts'

const platforms = ['linux x64', 'linux arm64', 'darwin arm64', 'win32 x64'] as const
const all = [
  ...platforms.map((platform) => ['tensorflow-cpu', platform] as const),
  ['tensorflow-cuda', 'linux x64'] as const,
]
const of = (id: string, platform: string) => recipeFor(id, ...(platform.split(' ') as [string, string]))

describe('a recipe', () => {
  test.each(all)('%s for %s says what is fetched, with size and hash, and what is linked', (id, platform) => {
    const { archives, isFetched, linked } = of(id, platform)
    expect(archives.flatMap(({ libraries }) => libraries)).toEqual(expect.arrayContaining([...linked]))
    expect(new Set(archives.map(({ file }) => file)).size).toBe(archives.length)
    for (const { file, sha256, bytes } of isFetched ? archives : []) {
      expect(sha256, file).toMatch(/^[0-9a-f]{64}$/)
      expect(bytes, file).toBeGreaterThan(1e6)
      expect(parseWheelName(file)?.platforms.length, file).toBeGreaterThan(0)
    }
  })

  test.each(all)('%s for %s takes less room than it says', (id, platform) => {
    const { archives, room } = of(id, platform)
    expect(archives.reduce((sum, { bytes = 0 }) => sum + bytes, 0)).toBeLessThan(room)
  })

  test('of CUDA has the libraries that TensorFlow opens, each in the folder that its run path names', () => {
    const libraries = of('tensorflow-cuda', 'linux x64').archives.flatMap((archive) => archive.libraries)
    const names = ['cudart.so.12', 'cublas.so.12', 'cublasLt.so.12', 'cufft.so.11', 'cusolver.so.11', 'cusparse.so.12']
    for (const name of [...names, 'cudnn.so.9', 'nccl.so.2', 'cupti.so.12', 'nvJitLink.so.12']) {
      expect(
        libraries.some((path) => new RegExp(`^nvidia/\\w+/lib/lib${name}$`).test(path)),
        name,
      ).toBe(true)
    }
  })

  test('names libraries as their platform does', () => {
    expect(of('tensorflow-cpu', 'darwin arm64').linked.map((name) => basename(name))).toEqual([
      'libtensorflow_cc.2.dylib',
      'libtensorflow_framework.2.dylib',
    ])
    expect(of('tensorflow-cpu', 'win32 x64')).toMatchObject({ isFetched: false, linked: ['lib/tensorflow.lib'] })
  })

  test('is refused where there is none, with where there is one', () => {
    expect(() => recipeFor('tensorflow-cuda', 'darwin', 'arm64')).toThrow(
      expect.objectContaining({ code: 'engine-unavailable', hint: expect.stringMatching(/linux x64/) }),
    )
    expect(() => recipeFor('cuda')).toThrow(expect.objectContaining({ hint: `These can be: ${packIds.join(', ')}.` }))
  })
})

test("a wheel's name is read as PEP 427 has it", () => {
  expect(
    parseWheelName('nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl'),
  ).toEqual({
    name: 'nvidia-nvjitlink-cu12',
    version: '12.9.86',
    python: 'py3',
    abi: 'none',
    platforms: ['manylinux2010_x86_64', 'manylinux_2_12_x86_64'],
  })
  expect(parseWheelName('a.b-1-2x-py3-none-any.whl')).toMatchObject({ name: 'a-b', version: '1', python: 'py3' })
  for (const name of ['tensorflow.zip', 'a-1.whl', 'a-1-py3-none-any.whl.part']) {
    expect(parseWheelName(name), name).toBeUndefined()
  }
})

describe('the compiler is told', () => {
  const plan = (platform: string, isVectorized = false) => ({
    isVectorized,
    sources: ['/w/a.cc', '/w/b.cc'],
    includes: ['/w/node', '/w/headers/tensorflow/include'],
    pack: '/p',
    linked: of('tensorflow-cpu', platform).linked,
    output: '/p/tfjs_binding.node',
    work: '/w',
    definitions: ['/w/node_api.def'],
  })
  const steps = (platform: string, program: string) =>
    compilerOf(platform.split(' ')[0] as string)
      .steps(program, plan(platform))
      .map((step) => step.join(' '))

  test('on Linux to find libraries below the binding', () => {
    const [line = '', ...others] = steps('linux x64', 'g++')
    expect(others).toEqual([])
    expect(line).toMatch(/^g\+\+ .*-shared .*\/w\/a\.cc \/w\/b\.cc /)
    expect(line).toContain('-L/p/tensorflow -Wl,-rpath,$ORIGIN/tensorflow')
    expect(line).toContain('-l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2')
    expect(line).not.toContain('-O3')
    expect(compilerOf('linux').steps('g++', plan('linux x64', true))[0]).toContain('-O3')
  })

  test('on macOS the same in its words', () => {
    const [line = '', ...others] = steps('darwin arm64', 'clang++')
    expect(others).toEqual([])
    expect(line).toMatch(/-bundle -undefined dynamic_lookup .*\/p\/tensorflow\/libtensorflow_cc\.2\.dylib /)
    expect(line).toContain('-Wl,-rpath,@loader_path/tensorflow -o /p/tfjs_binding.node')
  })

  test('on Windows to link Node-API late, after a library was made for it', () => {
    const [imports = '', line = '', ...others] = steps('win32 x64', 'cl')
    expect(others).toEqual([])
    expect(imports).toMatch(/^lib \/nologo \/machine:x64 \/def:\/w\/node_api\.def \/out:.*node-api-0\.lib$/)
    expect(line).toMatch(/^cl .*\/LD .*\/w\/a\.cc .*\/link .*lib[/\\]tensorflow\.lib .*node-api-0\.lib /)
    expect(line).toMatch(/delayimp\.lib \/DELAYLOAD:node\.exe \/OUT:\/p\/tfjs_binding\.node$/)
  })
})
