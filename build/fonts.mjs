import { existsSync } from 'node:fs'
import { installPackages } from './debian.mjs'

/**
 * The fonts that compared pictures of the page are drawn with, which takes the system's: Debian's packages of
 * them, and a file of each. tests/e2e/fonts.conf names their folders.
 */
const files = {
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  'fonts-dejavu-extra': '/usr/share/fonts/truetype/dejavu/DejaVuSerif-Italic.ttf',
  'fonts-wqy-microhei': '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
}

/** Packages whose fonts are not there. */
export const missingFonts = () =>
  Object.entries(files)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name)

/** Installs what is missing of them, where we may; elsewhere the comparison is skipped by name. */
export function installFonts() {
  const missing = missingFonts()
  if (missing.length > 0) installPackages(missing, 'the pictures of the end-to-end tests')
}
