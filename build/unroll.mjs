#!/usr/bin/env node
import { installDependencies } from './install.mjs'
import { findNode } from './node.mjs'
import { runLab } from './run.mjs'
import { main } from './say.mjs'

/** The command line: set-up where it is missing (said on stderr), then the command and its exit code. */
await main(async () => {
  await installDependencies()
  return runLab(findNode(), process.argv.slice(2))
})
