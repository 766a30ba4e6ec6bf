import type { TaskInfo } from '../../../shared/contract.ts'

export type GroupId = 'distance' | 'language' | 'series' | 'own' | 'other'

/** Tasks by what they let a person see; names and sentences are in `i18n/`. */
const groups: Readonly<Record<GroupId, readonly string[]>> = {
  distance: ['adding', 'copy', 'temporal-order', 'parity'],
  series: ['scalar', 'sine', 'noisy-sine'],
  language: ['agreement', 'clue-zh', 'clue-en', 'word-order', 'reber', 'embedded-reber'],
  own: ['text', 'csv', 'tokens', 'numbers'],
  other: [],
}

/** The lab's tasks in their groups, in reading order; one that no group knows is not lost. */
export function groupTasks(
  tasks: readonly TaskInfo[],
): { readonly id: GroupId; readonly tasks: readonly TaskInfo[] }[] {
  const grouped = new Set(Object.values(groups).flat())
  return (Object.keys(groups) as GroupId[]).flatMap((id) => {
    const own =
      id === 'other'
        ? tasks.filter((task) => !grouped.has(task.id))
        : groups[id].flatMap((name) => tasks.find((task) => task.id === name) ?? [])
    return own.length ? [{ id, tasks: own }] : []
  })
}
