import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Marks the fuses inside Electron's program: https://www.electronjs.org/docs/latest/tutorial/fuses */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fuseVersion = 1
/** Electron 45's nine fuses as it is delivered, in their order: 1 on, 0 off. */
const deliveredFuses = '101100011'

/**
 * A folder that electron-builder takes for Electron's: the program is some bytes around real fuses. It
 * lets the app be packed, and looked into, where Electron's binary cannot be had.
 */
export async function writeStandInElectron(folder: string): Promise<void> {
  await mkdir(join(folder, 'locales'), { recursive: true })
  await mkdir(join(folder, 'resources'))
  const program = Buffer.concat([
    Buffer.alloc(4096, 0x90),
    Buffer.from(fuseSentinel, 'latin1'),
    Buffer.from([fuseVersion, deliveredFuses.length]),
    Buffer.from(deliveredFuses, 'latin1'),
    Buffer.alloc(4096, 0x90),
  ])
  await writeFile(join(folder, 'electron'), program, { mode: 0o755 })
  await writeFile(join(folder, 'LICENSE'), 'Electron')
  await writeFile(join(folder, 'LICENSES.chromium.html'), 'Chromium')
  for (const language of ['en-US', 'zh-CN', 'fr']) await writeFile(join(folder, 'locales', `${language}.pak`), language)
}
