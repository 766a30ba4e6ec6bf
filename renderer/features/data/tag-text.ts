import { answersSaid, mixedTag } from '../../../shared/insight.ts'
import type { Tags } from '../../../shared/sequences.ts'
import type { Messages } from '../../i18n/en.ts'

/** Words for a tag that the lab itself gives; a person's own tags stay as they are, also one named `constructor`. */
export const tagWords = (name: string, { tags }: Messages) => (Object.hasOwn(tags, name) ? tags[name] : undefined)

export const tagLabel = (name: string, t: Messages): string => tagWords(name, t)?.name ?? name

/** The same as a heading, in full. */
export const tagTitle = (name: string, t: Messages): string =>
  (Object.hasOwn(t.data.tagNames, name) ? t.data.tagNames[name] : undefined) ?? tagLabel(name, t)

export function tagValue(name: string, value: string, t: Messages): string {
  const said = name === mixedTag ? answersSaid(value) : []
  return said.length ? said.join(' / ') : (tagWords(name, t)?.values?.[value] ?? value)
}

/** A row's tags as they are read; an edit begins with the names and values that are kept. */
export const tagsText = (tags: Tags, t: Messages): string =>
  Object.entries(tags)
    .map(([name, value]) => `${tagLabel(name, t)}=${tagValue(name, value, t)}`)
    .join(', ')
