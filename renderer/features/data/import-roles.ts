import type { ColumnRole, ImportPreview, ImportSettings } from '../../../shared/import.ts'

/** Roles that one column of a file has at most. */
const single: readonly ColumnRole[] = ['target', 'group', 'time', 'split', 'note']

/** Windows of one series overlap: they are split by time, whole sequences by chance. */
export function cutInto(settings: ImportSettings, windows: boolean): Pick<ImportSettings, 'window' | 'split'> {
  const shares = { validation: 0.1, test: 0.1, seed: 1 }
  const isSplit = settings.columns.some(({ role }) => role === 'split')
  const by = windows ? ({ by: 'time', tag: 'step', ...shares } as const) : ({ by: 'random', ...shares } as const)
  return {
    window: windows ? (settings.window ?? { size: 24, stride: 1, horizon: 1 }) : null,
    split: isSplit ? null : by,
  }
}

/** What changes where a column is given a role: who had a single one gives it up, and what is asked fits the answer. */
export function withRole(
  settings: ImportSettings,
  records: ImportPreview['records'],
  index: number,
  role: ColumnRole,
): Partial<ImportSettings> {
  const columns = settings.columns.map((column, k) => {
    if (k === index) return { ...column, role }
    return single.includes(role) && column.role === role ? { ...column, role: 'ignore' as const } : column
  })
  const split = columns.some((column) => column.role === 'split') ? { split: null } : {}
  if (role === 'target') return { columns, ...split, ...askedBy(settings, records, index) }
  const isAnswerGone = settings.columns[index]?.role === 'target'
  return { columns, ...split, ...(isAnswerGone && !settings.window && { target: 'next' }) }
}

/** What can be asked with a column's cells as the answers, the present choice where it fits. */
function askedBy(settings: ImportSettings, records: ImportPreview['records'], index: number): Partial<ImportSettings> {
  const { inputs, target, layout, window } = settings
  const cells = records.map((record) => record[index] ?? '').filter((cell) => cell.trim() !== '')
  // Lists are answers at every step, which the guess has seen to.
  if (!cells.length || cells.some((cell) => cell.startsWith('['))) return {}
  if (inputs === 'tokens') return target === 'next' ? { target: 'class' } : {}
  if (cells.some((cell) => Number.isNaN(Number(cell))))
    return { target: 'class', ...(window && cutInto(settings, false)) }
  return target === 'next' ? { target: layout === 'long' ? 'every-step' : 'value' } : {}
}
