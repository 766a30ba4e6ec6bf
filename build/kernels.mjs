import { make } from './make.mjs'

/**
 * The engine's kernels, compiled from AssemblyScript: with relaxed SIMD's fused multiply-add, and without
 * for runtimes that lack it. The engine chooses when it starts.
 * @type {readonly import('./make.mjs').Product[]}
 */
const kernels = [
  { variant: 'relaxed', features: ['simd', 'relaxed-simd'] },
  { variant: 'simd', features: ['simd'] },
].map(({ variant, features }) => ({
  name: `kernels-${variant}`,
  title: `the kernels (${variant})`,
  sources: ['main/engine/kernels', 'build/kernels.mjs', 'package-lock.json'],
  results: [`out/kernels/${variant}.wasm`],
  tool: 'assemblyscript/bin/asc.js',
  args: [
    'main/engine/kernels/index.ts',
    `--outFile=out/kernels/${variant}.wasm`,
    '-O3',
    '--noAssert',
    '--runtime=stub',
    // One memory for all threads: the engine makes it.
    '--importMemory',
    '--sharedMemory',
    '--initialMemory=16',
    '--maximumMemory=65536',
    ...['--enable', 'threads'],
    ...features.flatMap((feature) => ['--enable', feature]),
  ],
}))

/** Compiles the kernels unless they are what the sources say. @param {string} node */
export async function makeKernels(node) {
  await Promise.all(kernels.map((product) => make(node, product)))
}
