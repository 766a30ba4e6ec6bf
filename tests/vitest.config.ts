import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { softwareGpu } from '../build/software-gpu.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

// The loader of libraries reads it when a process starts: it is for those that tests run in.
Object.assign(process.env, softwareGpu(process.platform, process.env))

/** Unit tests: beside what they test, and in tests/ where they cross rooms. */
export default defineConfig({
  root,
  cacheDir: `${root}.cache/vitest`,
  test: {
    // A test that trains, forks or packs takes seconds on a busy machine; one that hangs is still found.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['./tests/properties.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{shared,main,build}/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: ['tests/package-layout/**'],
        },
      },
      {
        extends: true,
        // Rune modules (*.svelte.ts) are compiled; `browser` picks Svelte's client half.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: { name: 'page', include: ['renderer/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['tests/package-layout/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
