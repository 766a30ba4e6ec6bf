#!/usr/bin/env node
import { inRoot } from './paths.mjs'
import { become, environment } from './run.mjs'
import { main } from './say.mjs'
import { setUp } from './set-up.mjs'

/** Reproduces published results (tests/experiments): set-up where it is missing, then the runs. */
await main(async () => {
  const node = await setUp()
  const script = inRoot('tests/experiments/main.ts')
  return become(node, [script, ...process.argv.slice(2)], { env: environment(node) })
})
