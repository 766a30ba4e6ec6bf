import type { FusedCell } from './cell.ts'
import { gru } from './cells/gru.ts'
import { gruOriginal } from './cells/gru-original.ts'
import { lstm } from './cells/lstm.ts'
import { lstmCoupled } from './cells/lstm-coupled.ts'
import { lstmPeephole } from './cells/lstm-peephole.ts'
import { rnn } from './cells/rnn.ts'

/** Every cell that has kernels. A new one is a file in ./cells, its kernel in ../kernels, and a line here. */
const cells: readonly FusedCell[] = [rnn, lstm, lstmPeephole, lstmCoupled, gru, gruOriginal]

export const fusedCell = (id: string): FusedCell | undefined => cells.find((cell) => cell.id === id)
