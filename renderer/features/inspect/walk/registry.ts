import { gruWalk } from './gru.ts'
import { lstmWalk } from './lstm.ts'
import { otherWalk } from './other.ts'
import { plainWalk } from './plain.ts'
import type { MakeWalk } from './stage.ts'

/** The walk through each cell's equations. */
const walks: Readonly<Record<string, MakeWalk>> = {
  rnn: plainWalk,
  lstm: lstmWalk,
  'lstm-peephole': lstmWalk,
  'lstm-coupled': lstmWalk,
  gru: gruWalk,
  'gru-original': gruWalk,
}

export const walkOf = (cell: string): MakeWalk => (Object.hasOwn(walks, cell) ? (walks[cell] as MakeWalk) : otherWalk)
