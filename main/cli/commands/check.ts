import { availableParallelism } from 'node:os'
import { type CheckReport, checkIds } from '../../../shared/contract.ts'
import { startLabEngine } from '../../lab/engines.ts'
import { type Command, exitCodes } from '../command.ts'

export const check: Command = {
  name: 'check',
  usage: 'check [--engine auto|wasm]',
  summary: "Checks the lab's numbers on this machine: against PyTorch, finite differences and itself.",
  details: ['  --engine ID     what computes (default auto)', '', 'Exit code 1 when a figure is above its limit.'],
  options: { engine: { type: 'string' } },
  arity: [0, 0],
  async run(invocation, signal) {
    const engine = await startLabEngine({
      backend: String(invocation.values.engine ?? 'auto'),
      untested: true,
      threads: availableParallelism(),
    })
    signal.addEventListener('abort', () => engine.kill())
    try {
      let failed = 0
      for (const id of checkIds) {
        if (signal.aborted) return exitCodes.interrupted
        const report = await engine.functions.check(id)
        failed += show(report)
      }
      console.log(failed ? `${failed} figures are above their limits.` : 'Every figure is within its limit.')
      return failed ? exitCodes.failed : exitCodes.done
    } catch (error) {
      if (signal.aborted) return exitCodes.interrupted
      throw error
    } finally {
      await engine.stop()
    }
  },
}

/** Prints a report; returns how many figures are above their limits. */
function show({ id, engine, rows, seconds }: CheckReport): number {
  console.log(`${id} (${engine}, ${seconds.toFixed(1)} s)`)
  let failed = 0
  for (const { of, figure, limit, reason } of rows) {
    const holds = figure <= limit
    if (!holds) failed++
    const result = reason ?? `${figure.toPrecision(2).padStart(9)}   limit ${limit}`
    console.log(`  ${holds ? 'ok  ' : 'BAD '} ${of.padEnd(16)} ${result}`)
  }
  return failed
}
