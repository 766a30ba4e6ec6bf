import { installDependencies } from './install.mjs'
import { makeKernels } from './kernels.mjs'
import { findNode } from './node.mjs'

/** What every command of the project needs first: dependencies, and the engine's kernels. Returns the Node to use. */
export async function setUp() {
  await installDependencies()
  const node = findNode()
  await makeKernels(node)
  return node
}
