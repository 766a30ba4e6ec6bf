import { runBackward } from './backward-pass.ts'
import { fusedCell } from './catalogue.ts'
import type { FusedCell } from './cell.ts'
import { runForward } from './forward-pass.ts'
import type { Kernels } from './kernels.ts'
import type { Lane } from './lane.ts'
import type { Plan } from './plan.ts'

/** One lane's part of a pass. */
export function runPlan(kernels: Kernels, plan: Plan, lane: Lane): void {
  if (plan.kind === 'forward') runForward(kernels, plan.plan, fusedCell(plan.plan.cell) as FusedCell, lane)
  else runBackward(kernels, plan.plan, fusedCell(plan.plan.forward.cell) as FusedCell, lane)
}
