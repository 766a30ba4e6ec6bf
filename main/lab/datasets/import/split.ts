import { LabError } from '../../../../shared/errors.ts'
import type { ImportSettings } from '../../../../shared/import.ts'
import { checkShares } from '../splits.ts'

/** Throws `spec-invalid` where a file's sequences could not be split as is asked, before any is read. */
export function checkSplit({ split, columns, window }: ImportSettings): void {
  if (!split) return
  checkShares(split)
  const named = columns.filter(({ role }) => role === 'group' || role === 'tag').map(({ name }) => name)
  const tags = window ? [...named, 'step'] : named
  if (split.tag === undefined ? split.by !== 'group' : tags.includes(split.tag)) return
  const message =
    split.tag === undefined ? 'No tag is named to split by.' : `No sequence will have a tag "${split.tag}".`
  const hint = tags.length ? `Split by one of: ${tags.join(', ')}.` : 'Make a column a tag first.'
  throw new LabError('spec-invalid', message, hint, { field: 'split.tag', value: split.tag ?? '' })
}
