#!/usr/bin/env node
import { installDependencies } from './install.mjs'
import { findNode } from './node.mjs'
import { inRoot } from './paths.mjs'
import { become, environment } from './run.mjs'
import { main } from './say.mjs'

/** Reproduces published results (tests/experiments): set-up where it is missing, then the runs. */
await main(async () => {
  await installDependencies()
  const node = findNode()
  const script = inRoot('tests/experiments/main.ts')
  return become(node, [script, ...process.argv.slice(2)], { env: environment(node) })
})
