import type { Component } from 'svelte'
import GruStep from './GruStep.svelte'
import LstmStep from './LstmStep.svelte'
import OtherStep from './OtherStep.svelte'
import PlainStep from './PlainStep.svelte'
import type { RunSignals } from './run-signals.ts'

/** One unit of one run at one time step. */
export interface StepProps {
  readonly picked: RunSignals
  readonly unit: number
  readonly at: number
}

/** The walk through each cell's equations. */
const steps: Readonly<Record<string, Component<StepProps>>> = {
  rnn: PlainStep,
  lstm: LstmStep,
  'lstm-peephole': LstmStep,
  'lstm-coupled': LstmStep,
  gru: GruStep,
  'gru-original': GruStep,
}

export const stepOf = (cell: string): Component<StepProps> =>
  Object.hasOwn(steps, cell) ? (steps[cell] as Component<StepProps>) : OtherStep
