import type { ModelConfig } from '../../shared/model.ts'
import type { CellSpec } from '../../shared/spec.ts'

/** Folder names of an experiment's runs: the cell's id, with a suffix where a cell occurs twice. */
export function runNames(cells: readonly Pick<CellSpec, 'cell'>[]): string[] {
  const seen = new Map<string, number>()
  return cells.map(({ cell }) => {
    const count = (seen.get(cell) ?? 0) + 1
    seen.set(cell, count)
    return count === 1 ? cell : `${cell}-${count}`
  })
}

/** A cell as reports name it: its id, and of the plain RNN its activation with it (`rnn-tanh`). */
export function equationsName({ cell, activation = 'tanh' }: Pick<ModelConfig, 'cell' | 'activation'>): string {
  return cell === 'rnn' ? `${cell}-${activation}` : cell
}
