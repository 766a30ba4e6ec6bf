/**
 * Set-up speaks on stderr, so that stdout carries a command's own output and nothing else.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`)
}

/** Set-up that cannot go on, in words a person can act on; shown without a stack. */
export class SetUpError extends Error {
  /** @param {string} message @param {string} hint what to do */
  constructor(message, hint) {
    super(`${message}\n${hint}`)
    this.name = 'SetUpError'
  }
}

/**
 * Runs a build script to its exit code; an expected failure is told in its own words.
 * @param {() => Promise<number>} script
 */
export async function main(script) {
  try {
    process.exitCode = await script()
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
