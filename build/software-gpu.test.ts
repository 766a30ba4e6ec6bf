import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { softwareGpu } from './software-gpu.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-browser-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function place(...paths: string[]): void {
  for (const path of paths.map((name) => join(folder, name))) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  }
}

test.skipIf(process.platform === 'win32')('SwiftShader is found beside the browser and where Debian puts it', () => {
  place('lib/chromium/vk_swiftshader_icd.json', 'lib/chromium/libvulkan.so.1', 'bin/chromium')
  place('opt/chrome/google-chrome')
  symlinkSync(join(folder, 'opt/chrome/google-chrome'), join(folder, 'bin/google-chrome'))
  const env = { PATH: join(folder, 'bin'), LD_LIBRARY_PATH: '/own' }
  const debian = join(folder, 'lib/chromium')
  expect(softwareGpu('linux', env)).toEqual({
    VK_DRIVER_FILES: join(debian, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: `${debian}:/own`,
  })
  place('opt/chrome/vk_swiftshader_icd.json', 'opt/chrome/libvulkan.so.1')
  expect(softwareGpu('linux', { PATH: env.PATH })?.LD_LIBRARY_PATH).toBe(join(folder, 'opt/chrome'))
})

test.skipIf(process.platform === 'win32')('a browser without it, and one on another system, has none to give', () => {
  place('bin/chromium', 'lib/chromium/vk_swiftshader_icd.json')
  expect(softwareGpu('linux', { PATH: join(folder, 'bin') })).toBeUndefined()
  expect(softwareGpu('darwin', { PATH: join(folder, 'bin') })).toBeUndefined()
})
