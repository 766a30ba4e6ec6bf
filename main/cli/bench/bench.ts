import { setTimeout } from 'node:timers/promises'
import { LabError } from '../../../shared/errors.ts'
import type { TimingProblem } from '../../engine/timing/problem.ts'
import type { Contestant } from './contestants.ts'

/** One line of the results, milliseconds of a training step. */
export interface Timing {
  readonly engine: string
  readonly description: string
  readonly cell: string
  /** T/D/H. */
  readonly size: string
  /** Median. */
  readonly ms: number
  readonly min: number
  readonly max: number
  readonly steps: number
  /** Floating-point operations a second, of the products alone; see operationsOf. */
  readonly gflops: number
  /** Share of what the engine's threads reach in a product at its best, where that is known. */
  readonly share?: number
}

export interface Effort {
  /** Turns that everyone gets. */
  readonly rounds: number
  /** What a turn should take, in milliseconds; at least one step is made. */
  readonly turn: number
  /** Milliseconds after which a contestant gets no more turns. */
  readonly most: number
}

/** Milliseconds of a step from which on it is timed once: op by op, large sizes take as long as all others together. */
const once = 2000

/** Milliseconds between two turns: threads of a library go on looking for work for a while after it. */
const rest = 250

/**
 * Times everyone on one problem in turns, so that whatever else the machine does meets all alike. The first turn
 * does not count: it is there for compilers, caches and threads. A contestant that does not have the cell is left out.
 */
export async function compare(
  contestants: readonly Contestant[],
  problem: TimingProblem,
  { rounds, turn, most }: Effort,
  signal: AbortSignal,
): Promise<Timing[]> {
  const found = new Map<Contestant, number[]>()
  const steps = new Map<Contestant, number>()
  for (const contestant of contestants) {
    const [first] = await contestant.time(problem, 1).catch(withoutCell)
    if (first === undefined) continue
    steps.set(contestant, Math.max(2, Math.min(100, Math.round(turn / first))))
    found.set(contestant, first > once ? [first] : [])
  }
  for (let round = 0; round <= rounds && !signal.aborted; round++) {
    for (const [contestant, ms] of found) {
      if ((ms[0] ?? 0) > once || ms.reduce((sum, own) => sum + own, 0) > most) continue
      await setTimeout(rest)
      const timed = await contestant.time(problem, steps.get(contestant) ?? 1)
      if (round > 0) ms.push(...timed)
    }
  }
  const { cell, time, width, units } = problem
  return [...found].map(([{ engine, description, ceiling }, ms]) => {
    const sorted = ms.toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number
    const size = `${time}/${width}/${units}`
    const flops = operationsOf(problem) / (at(0.5) / 1000)
    const share = ceiling && flops / ceiling
    const result = { engine, description, cell, size, ms: at(0.5), min: at(0), max: at(1), steps: ms.length }
    return { ...result, gflops: flops / 1e9, ...(share && { share }) }
  })
}

/** Throws whatever else is wrong: a row that is missing must not hide it. */
function withoutCell(error: unknown): readonly number[] {
  if (error instanceof LabError && error.code === 'spec-invalid') return []
  throw error
}

/**
 * Multiply-adds of a training step, as pairs of floating-point operations: the products of weights with inputs and
 * states forward, and twice as much backward (by the states, and by the weights). What the gates do is left out.
 */
export function operationsOf({ cell, time, width, units, batch }: TimingProblem): number {
  const blocks = { rnn: 1, lstm: 4, 'lstm-peephole': 4, 'lstm-coupled': 3, gru: 3, 'gru-original': 3 }[cell] ?? 0
  return 3 * 2 * time * batch * blocks * units * (width + units)
}
