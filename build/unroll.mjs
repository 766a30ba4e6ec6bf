#!/usr/bin/env node
import { runLab } from './run.mjs'
import { main } from './say.mjs'
import { setUp } from './set-up.mjs'

/** The command line: set-up where it is missing (said on stderr), then the command and its exit code. */
await main(async () => {
  return runLab(await setUp(), process.argv.slice(2))
})
