import { adding } from './adding.ts'
import { againstRnn } from './against-rnn.ts'
import { attractors } from './attractors.ts'
import { baselines } from './baselines.ts'
import { copying } from './copying.ts'
import { counts } from './counts.ts'
import type { Experiment } from './experiment.ts'
import { irnn } from './irnn.ts'
import { temporalOrder } from './temporal-order.ts'

/** Every published result that is reproduced, the quick ones first. */
export const experiments: readonly Experiment[] = [
  counts,
  baselines,
  againstRnn,
  temporalOrder,
  attractors,
  irnn,
  copying,
  ...adding,
]
