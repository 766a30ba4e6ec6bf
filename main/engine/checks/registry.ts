import type { CheckId, CheckReport, CheckRow } from '../../../shared/contract.ts'
import type { Compute } from '../layers/layer.ts'
import { checkDecay } from './decay.ts'
import { checkSlopes } from './finite-differences.ts'
import { checkGoldens } from './goldens.ts'
import { checkBatchOrder, checkPadding } from './invariants.ts'
import { checkPaths } from './paths.ts'
import { checkLeaks, checkResume, checkSameBits } from './runs.ts'

/**
 * What the lab can check about itself on the engine at hand. A new check is a function from an engine to
 * figures with their limits, a line here and its id in shared/contract.ts.
 */
const checks: Readonly<Record<CheckId, (compute: Compute) => CheckRow[]>> = {
  goldens: checkGoldens,
  'finite-differences': checkSlopes,
  paths: checkPaths,
  padding: checkPadding,
  'batch-order': checkBatchOrder,
  decay: checkDecay,
  'same-bits': checkSameBits,
  resume: checkResume,
  leaks: checkLeaks,
}

/** Runs one check; a failed one is a row whose figure is above its limit, not an error. */
export function runCheck(id: CheckId, compute: Compute, engine: string): CheckReport {
  const started = performance.now()
  const rows = checks[id](compute)
  return { id, engine, rows, seconds: (performance.now() - started) / 1000 }
}
