import type { Dataset } from '../../../shared/contract.ts'
import type { Beginning, SetupForm } from './form.svelte.ts'

/**
 * The form that was filled in last and came to nothing yet. A refusal may send a person away to mend a dataset; coming
 * back to it, or to the same task, finds every entry as it was.
 */
let draft: { readonly form: SetupForm; readonly like: string | undefined } | undefined

export function keepDraft(form: SetupForm, like?: string): void {
  draft = { form, like }
}

/** It was started, or given up. */
export function dropDraft(): void {
  draft = undefined
}

/** The draft, where it stands at what is asked for now; with the files that there are by now. */
export function draftFor(
  { task, dataset }: Pick<Beginning, 'task' | 'dataset'>,
  like: string | undefined,
  datasets: readonly Dataset[],
): SetupForm | undefined {
  if (!draft || draft.like !== like) return undefined
  const { form } = draft
  if (task !== undefined && task !== form.taskId) return undefined
  if (dataset !== undefined && dataset !== form.datasetId) return undefined
  form.datasets = datasets
  return form
}
