import { maxUploadBytes } from '../../shared/method.ts'
import { lab } from '../lab.ts'
import { importing } from './importing.svelte.ts'
import { hrefs, router } from './router.svelte.ts'

/** Opening a file: it becomes a dataset and its set-up form opens, or it is looked at first. */
class Uploads {
  /** Name of the file being read. */
  busy = $state<string | null>(null)
  problem = $state.raw<unknown>(null)
  /** A table that was refused as one series: it may still be read as sequences, with choices. */
  refused = $state.raw<File | null>(null)

  async open(file: File): Promise<void> {
    this.problem = null
    this.refused = null
    this.busy = file.name
    try {
      if (await needsPreview(file)) return this.lookAt(file)
      const bytes = new Uint8Array(await file.arrayBuffer())
      const dataset = await lab.datasets.import({ name: file.name, bytes })
      router.go(hrefs.create({ dataset: dataset.id }))
    } catch (thrown) {
      this.problem = thrown
      if (/\.(csv|tsv)$/i.test(file.name)) this.refused = file
      if (router.route.page !== 'new') router.go(hrefs.home)
    } finally {
      this.busy = null
    }
  }

  /** A file as sequences: one that was taken home from here opens as it was, any other is looked at first. */
  async asSequences(file: File): Promise<void> {
    this.problem = null
    this.refused = null
    this.busy = file.name
    try {
      if (file.size > maxUploadBytes || !(await isOwnSet(file))) return this.lookAt(file)
      const dataset = await lab.datasets.import({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
      router.go(hrefs.data(dataset.id))
    } catch (thrown) {
      this.problem = thrown
      router.go(hrefs.home)
    } finally {
      this.busy = null
    }
  }

  /** Opens the page that says how a file would come in. */
  lookAt(file: File): void {
    this.problem = null
    this.refused = null
    void importing.open(file)
    router.go(hrefs.import)
  }
}

/** Files of sequences, and files too large to be handed over in one go, are looked at before they are read. */
async function needsPreview(file: File): Promise<boolean> {
  if (file.size > maxUploadBytes) return true
  if (!/\.(json|jsonl|ndjson|npy|npz)$/i.test(file.name)) return false
  return !(await isOwnSet(file))
}

/** A set that was taken home says all about itself. */
async function isOwnSet(file: File): Promise<boolean> {
  const head = new TextDecoder().decode(await file.slice(0, 400).arrayBuffer())
  return head.includes('unroll-sequences/1') || head.includes('set.json')
}

export const uploads = new Uploads()
