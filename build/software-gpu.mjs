import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { browserPlaces } from './browser.mjs'

/**
 * A GPU in software for tests, which is the same on every machine: SwiftShader, as Chromium and Chrome on Linux bring
 * it. What a process needs in its environment to have it for its GPU; undefined where there is none.
 * @param {string} platform @param {NodeJS.ProcessEnv} env
 * @returns {{ VK_DRIVER_FILES: string, LD_LIBRARY_PATH: string } | undefined}
 */
export function softwareGpu(platform, env) {
  if (platform !== 'linux') return undefined
  const browsers = [...(env.UNROLL_BROWSER ? [env.UNROLL_BROWSER] : []), ...browserPlaces(platform, env)]
  const folders = browsers
    .filter((path) => existsSync(path))
    // Debian's program is a script; what it starts lies in a folder of that name.
    .flatMap((path) => [dirname(realpathSync(path)), join(dirname(path), '..', 'lib', basename(path))])
  for (const folder of folders) {
    const driver = join(folder, 'vk_swiftshader_icd.json')
    if (!existsSync(driver) || !existsSync(join(folder, 'libvulkan.so.1'))) continue
    const libraries = [folder, ...(env.LD_LIBRARY_PATH ? [env.LD_LIBRARY_PATH] : [])]
    return { VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: libraries.join(':') }
  }
  return undefined
}
