import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The page's build: files of `out/renderer`, opened by the server and by the Electron window alike. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [svelte({ configFile: false })],
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
