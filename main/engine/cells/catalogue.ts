import { LabError } from '../../../shared/errors.ts'
import type { Cell } from './cell.ts'
import { gru } from './gru.ts'
import { gruOriginal } from './gru-original.ts'
import { lstm } from './lstm.ts'
import { lstmCoupled } from './lstm-coupled.ts'
import { lstmPeephole } from './lstm-peephole.ts'
import { rnn } from './rnn.ts'

/** Every cell the lab knows. A new cell is a file beside these and a line here. */
export const cells: readonly Cell[] = [rnn, lstm, lstmPeephole, lstmCoupled, gru, gruOriginal]

/** Throws `spec-invalid` for an id that is not in the catalogue. */
export function cellById(id: string): Cell {
  const cell = cells.find((candidate) => candidate.id === id)
  if (cell) return cell
  const known = cells.map((candidate) => candidate.id).join(', ')
  throw new LabError('spec-invalid', `There is no cell "${id}".`, `Use one of: ${known}.`, { field: 'cell', value: id })
}
