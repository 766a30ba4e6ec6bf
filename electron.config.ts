import { defineConfig } from 'electron-vite'
import renderer from './renderer/vite.config.ts'

/** Entries lie side by side in out/main: each finds the others by name, as they do in main/. */
const output = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', format: 'es' } as const

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node24',
      rollupOptions: {
        input: {
          electron: 'main/electron/main.ts',
          engine: 'main/engine/process.ts',
          thread: 'main/engine/fused/thread.ts',
          'run-thread': 'main/engine/team/run-thread.ts',
          'draw-thread': 'main/lab/datasets/draw-thread.ts',
          cli: 'main/cli/main.ts',
        },
        output,
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { preload: 'main/electron/preload.ts' },
        // A sandboxed preload is CommonJS, in one file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: { ...renderer, build: { ...renderer.build, rollupOptions: { input: 'renderer/index.html' } } },
})
