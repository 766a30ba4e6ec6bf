import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { extractAll, extractFile, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { softwareGpu } from '../../build/software-gpu.mjs'
import { packFormat, platformName } from '../../main/lab/packs/store.ts'
import { writeStandInElectron } from './stand-in.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
let app = ''
let archive = ''
/** Paths inside the archive, as `out/main/electron.js`. */
let files: string[] = []

/** Packs for Linux, which needs no tool of another platform, through the same command as a release. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-package-'))
  await writeStandInElectron(join(folder, 'electron'))
  const engines = join(folder, 'engines')
  for (const [pack, format, binding] of [
    ['old', 'unroll-pack/1', 'a binding of an earlier version'],
    ['pack', packFormat, 'a binding'],
  ] as const) {
    await mkdir(join(engines, pack), { recursive: true })
    await writeFile(join(engines, pack, 'pack.json'), JSON.stringify({ format, platform: platformName }))
    await writeFile(join(engines, pack, 'tfjs_binding.node'), binding)
  }
  await writeFile(join(engines, 'current.json'), '{ "tensorflow-cuda": "old", "tensorflow-cpu": "pack" }')
  const options = [`-c.electronDist=${join(folder, 'electron')}`, `-c.directories.output=${join(folder, 'dist')}`]
  await promisify(execFile)(process.execPath, ['build/package.mjs', '--linux', '--x64', '--dir', ...options], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
    // Nothing may be fetched while packing: where it tries, it fails at once.
    env: {
      ...process.env,
      UNROLL_ENGINES: engines,
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    },
  })
  app = join(folder, 'dist', 'linux-unpacked')
  archive = join(app, 'resources', 'app.asar')
  files = listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/').replace(/^\//, ''))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const read = (path: string): string => extractFile(archive, path).toString('utf8')

describe('the packed app', () => {
  it('has its entries, its page and nothing of how they were made', () => {
    expect(JSON.parse(read('package.json')).main).toBe('out/main/electron.js')
    expect(files).toEqual(
      expect.arrayContaining([
        'out/main/electron.js',
        'out/main/engine.js',
        'out/main/thread.js',
        'out/main/run-thread.js',
        'out/main/draw-thread.js',
        'out/kernels/relaxed.wasm',
        'out/kernels/simd.wasm',
        'out/main/cli.js',
        'out/preload/preload.cjs',
        'out/renderer/index.html',
      ]),
    )
    const rooms = new Set(files.map((path) => path.split('/')[0]))
    expect([...rooms].sort()).toEqual(['node_modules', 'out', 'package.json'])
    const leaks = files.filter((path) =>
      /\.(map|ts|mts|cts|svelte)$|^out\/.*\.test\.|(^|\/)(tests?|__tests__)(\/|$)/.test(path),
    )
    expect(leaks).toEqual([])
    expect(
      files
        .filter((path) => /\.(js|cjs|css)$/.test(path) && path.startsWith('out/'))
        .filter((path) => read(path).includes('sourceMappingURL=')),
    ).toEqual([])
  })

  it('has what it needs at run time and no tool', async () => {
    const about = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const packed = new Set(
      files.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1] ?? []),
    )
    expect(Object.keys(about.dependencies).filter((name) => !packed.has(name))).toEqual([])
    const development = Object.keys({ ...about.devDependencies, ...about.optionalDependencies })
    // A dependency may name one of them as its own (tfjs lists @types/node); code of theirs is not packed.
    const code = files.filter((path) => /\.[cm]?js$/.test(path))
    expect(development.filter((name) => code.some((path) => path.startsWith(`node_modules/${name}/`)))).toEqual([])
  })

  it('has everything that its main process imports', () => {
    const imports = files
      .filter((path) => /^out\/main\/[^/]+\.js$/.test(path))
      .flatMap((path) =>
        [...read(path).matchAll(/(?:from|import) ?["']([^"'.\s][^"'\s]*)["']/g)].map(([, name]) => name ?? ''),
      )
      .filter((name) => !name.startsWith('node:') && name !== 'electron')
    const names = new Set(
      imports.map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    )
    expect(names.size).toBeGreaterThan(0)
    expect([...names].filter((name) => !files.includes(`node_modules/${name}/package.json`))).toEqual([])
  })

  it('starts its engines from what was packed', async () => {
    extractAll(archive, join(folder, 'extracted'))
    const gpu = softwareGpu(process.platform, process.env)
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'extracted/out/main/cli.js'), 'engine', 'list'],
      { env: { ...process.env, ...gpu } },
    )
    expect(stdout).toMatch(/^wasm {2}ready/m)
    expect(stdout).toMatch(gpu ? /^webgpu {2}ready/m : /^webgpu {2}/m)
  })

  it('carries a binding that was compiled here, and what one is compiled from', async () => {
    const binding = join(app, 'resources', 'binding')
    const path = join(binding, `${process.platform}-${process.arch}`, 'tfjs_binding.node')
    expect(await readFile(path, 'utf8')).toBe('a binding')
    const sources = await readdir(join(binding, 'source'), { recursive: true })
    const layers = await readdir(join(root, 'main/engine/tensorflow/layers'))
    expect(layers).toContain('addon.cc')
    expect(sources).toEqual(
      expect.arrayContaining([
        'own/delay-load.cc',
        'package/tfjs_backend.cc',
        'package/tfjs_backend.h',
        ...layers.map((name) => `layers/${name}`),
      ]),
    )
    const headers = ['include/node_api.h', 'def/node_api.def'].map((name) => `node_modules/node-api-headers/${name}`)
    expect(files).toEqual(expect.arrayContaining(headers))
  })

  it('keeps the WebAssembly files beside the archive', async () => {
    const beside = await readdir(join(app, 'resources', 'app.asar.unpacked'), { recursive: true })
    const wasm = beside.filter((path) => path.endsWith('.wasm')).map((path) => path.replaceAll('\\', '/'))
    expect(wasm).toContain('node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm')
    expect(wasm.sort()).toEqual(files.filter((path) => path.endsWith('.wasm')).sort())
  })

  it('keeps Dawn beside the archive, for this platform alone', async () => {
    const dawn = join('resources', 'app.asar.unpacked', 'node_modules', 'webgpu', 'dist')
    expect(await readdir(join(app, dawn), { recursive: true })).toEqual(['linux-x64', join('linux-x64', 'dawn.node')])
    const { size } = await stat(join(app, dawn, 'linux-x64', 'dawn.node'))
    console.log(`Dawn: ${(size / 2 ** 20).toFixed(1)} MiB`)
    expect(size).toBeGreaterThan(1e6)
    expect(files.filter((path) => path.startsWith('node_modules/webgpu/')).sort()).toEqual([
      'node_modules/webgpu/LICENSE.md',
      'node_modules/webgpu/dist',
      'node_modules/webgpu/dist/linux-x64',
      'node_modules/webgpu/dist/linux-x64/dawn.node',
      'node_modules/webgpu/index.js',
      'node_modules/webgpu/package.json',
    ])
  })

  it('has its fuses set', async () => {
    const { version: _version, ...fuses } = await getCurrentFuseWire(join(app, 'unroll'))
    const named = Object.entries(fuses).map(([fuse, state]) => [
      FuseV1Options[Number(fuse)],
      FuseState[state as FuseState],
    ])
    expect(Object.fromEntries(named)).toMatchInlineSnapshot(`
      {
        "EnableCookieEncryption": "ENABLE",
        "EnableEmbeddedAsarIntegrityValidation": "ENABLE",
        "EnableNodeCliInspectArguments": "DISABLE",
        "EnableNodeOptionsEnvironmentVariable": "DISABLE",
        "GrantFileProtocolExtraPrivileges": "DISABLE",
        "LoadBrowserProcessSpecificV8Snapshot": "DISABLE",
        "OnlyLoadAppFromAsar": "ENABLE",
        "RunAsNode": "DISABLE",
        "WasmTrapHandlers": "ENABLE",
      }
    `)
  })

  it('exposes one object with two functions to the page', () => {
    const exposed: Record<string, object> = {}
    const electron = {
      contextBridge: { exposeInMainWorld: (name: string, api: object) => Object.assign(exposed, { [name]: api }) },
      ipcRenderer: { on() {}, send() {} },
    }
    const require = (name: string) => {
      if (name !== 'electron') throw new Error(`a sandboxed preload cannot require ${name}`)
      return electron
    }
    runInNewContext(read('out/preload/preload.cjs'), { require, exports: {}, module: { exports: {} } })
    expect(Object.entries(exposed).map(([name, api]) => [name, Object.keys(api).sort()])).toMatchInlineSnapshot(`
      [
        [
          "unrollWire",
          [
            "receive",
            "send",
          ],
        ],
      ]
    `)
  })

  it('has a page that loads nothing but its own files', () => {
    const page = read('out/renderer/index.html')
    expect(page).not.toMatch(/https?:\/\//)
    for (const [, path] of page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)) expect(files).toContain(`out/renderer/${path}`)
  })

  it('speaks the two languages of the lab', async () => {
    expect((await readdir(join(app, 'locales'))).sort()).toEqual(['en-US.pak', 'zh-CN.pak'])
  })

  it('has a size worth knowing', async () => {
    const { size } = await stat(archive)
    console.log(`app.asar: ${(size / 2 ** 20).toFixed(1)} MiB, ${files.length} files; without Electron itself`)
    expect(size).toBeGreaterThan(0)
  })
})
