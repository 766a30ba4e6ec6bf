import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** KaTeX names each font three times; every browser that runs the page takes the first. */
const onlyWoff2: Plugin = {
  name: 'only-woff2',
  enforce: 'pre',
  transform: (code, id) =>
    /katex.*\.css$/.test(id) ? code.replace(/,\s*url\([^)]+\.(?:woff|ttf)\)\s*format\("[^"]+"\)/g, '') : undefined,
}

/** The page's build: files of `out/renderer`, opened by the server and by the Electron window alike. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [svelte({ configFile: false }), onlyWoff2],
  resolve: {
    // msgpackr probes `new Function` when it loads; the page's policy forbids that, so it gets the build without.
    alias: [{ find: /^msgpackr$/, replacement: 'msgpackr/index-no-eval' }],
  },
  build: {
    outDir: fileURLToPath(new URL('../out/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome130',
    // Data addresses would need an exception in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
