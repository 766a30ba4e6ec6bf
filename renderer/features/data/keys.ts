import type { Column } from './cells.ts'
import type { Cursor } from './cursor.svelte.ts'
import type { DataSession } from './session.svelte.ts'

interface Grid {
  readonly cursor: Cursor
  readonly session: DataSession
  readonly columns: readonly Column[]
  /** Rows that are in sight. */
  readonly page: number
  begin(text?: string): void
  /** Empties the cell. */
  clear(): void
  /** Rows were taken away. */
  removed(): void
}

/** What a key does in the grid (design.md, section 5); false where it is not the grid's. */
export function gridKeys(
  event: KeyboardEvent,
  { cursor, session, columns, page, begin, clear, removed }: Grid,
): boolean {
  if (event.isComposing || event.target instanceof HTMLInputElement) return false
  const { row, column } = cursor
  const control = event.ctrlKey || event.metaKey
  const extend = event.shiftKey
  const end = columns.length - 1
  const moves: Readonly<Record<string, () => void>> = {
    ArrowUp: () => cursor.go(row - 1, column, extend),
    ArrowDown: () => cursor.go(row + 1, column, extend),
    ArrowLeft: () => cursor.go(row, column - 1, extend),
    ArrowRight: () => cursor.go(row, column + 1, extend),
    PageUp: () => cursor.go(row - page, column, extend),
    PageDown: () => cursor.go(row + page, column, extend),
    Home: () => cursor.go(control ? 0 : row, 0, extend),
    End: () => cursor.go(control ? session.ids.length - 1 : row, end, extend),
    Tab: () => cursor.go(row, column + (extend ? -1 : 1)),
    F2: () => begin(),
    Enter: () => begin(),
  }
  if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) return reorder(event.key, cursor, session)
  if (control && event.key === 'Delete') {
    void session.edit({ do: 'remove', ids: cursor.selected }).then(removed)
    return true
  }
  const atEdge = event.key === 'Tab' && (extend ? column === 0 : column === end)
  const move = moves[event.key]
  if (move && !atEdge && !event.altKey) {
    move()
    return true
  }
  if (control || event.altKey) return controlKey(event, cursor, session)
  if (event.key === 'Delete' || event.key === 'Backspace') clear()
  else if (event.key.length === 1) begin(event.key)
  else return false
  return true
}

function controlKey(event: KeyboardEvent, cursor: Cursor, session: DataSession): boolean {
  const key = event.key.toLowerCase()
  if (key === 'a') cursor.selectAll()
  else if (key === 'd') void session.edit({ do: 'duplicate', ids: cursor.selected })
  else return false
  return true
}

/** Selected rows change places with the one before or after them; only where rows stand in their own order. */
function reorder(key: string, cursor: Cursor, session: DataSession): boolean {
  if (!session.isWhole) return true
  const up = key === 'ArrowUp'
  if (up ? cursor.from === 0 : cursor.to === session.ids.length - 1) return true
  const after = up ? (session.at(cursor.from - 2) ?? null) : (session.at(cursor.to + 1) ?? null)
  const by = up ? -1 : 1
  void session.edit({ do: 'move', ids: cursor.selected, after }).then(() => {
    const { anchor } = cursor
    cursor.go(cursor.row + by, cursor.column)
    cursor.anchor = anchor + by
  })
  return true
}
