import type { ShownRow } from '../../../shared/sequences.ts'
import type { Messages } from '../../i18n/en.ts'
import { type Column, cellText } from './cells.ts'
import { tagsText } from './tag-text.ts'

/** A cell as it is read: parts, and tags that the lab gives, in the reader's language. */
export function shownText(row: ShownRow, column: Column, t: Messages): string {
  if (column.field === 'split') return t.data.partShort[row.split]
  return column.field === 'tags' ? tagsText(row.tags, t) : cellText(row, column)
}
