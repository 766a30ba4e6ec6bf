import type { ImportPreview, ImportProgress, ImportSettings } from '../../shared/import.ts'
import { lab } from '../lab.ts'

/** A piece of a file on its way to the lab, in bytes. */
const pieceSize = 4 * 1024 * 1024

/** A file on its way to becoming a dataset: handed over, looked at, corrected, read. */
class Importing {
  file = $state.raw<File | null>(null)
  id = $state<string | null>(null)
  /** Bytes handed over. */
  sent = $state(0)
  preview = $state.raw<ImportPreview | null>(null)
  settings = $state.raw<ImportSettings | null>(null)
  reasons = $state.raw<ImportPreview['reasons']>([])
  progress = $state.raw<ImportProgress | null>(null)
  problem = $state.raw<unknown>(null)
  #latest = 0

  async open(file: File): Promise<void> {
    await this.cancel()
    this.file = file
    try {
      const id = await lab.imports.begin(file.name, file.size)
      if (this.file !== file) return void (await lab.imports.cancel(id))
      this.id = id
      for (let from = 0; from < file.size && this.id === id; from += pieceSize) {
        const piece = file.slice(from, from + pieceSize)
        await lab.imports.add(id, new Uint8Array(await piece.arrayBuffer()))
        this.sent = from + piece.size
      }
      if (this.id !== id) return
      const preview = await lab.imports.preview(id)
      if (this.id !== id) return
      this.reasons = preview.reasons
      this.#show(preview)
    } catch (thrown) {
      // What becomes of a file that was given up meanwhile says nothing of the next.
      if (this.file === file) this.problem = thrown
    }
  }

  /** Other settings: the preview follows. */
  async change(part: Partial<ImportSettings>): Promise<void> {
    const { id } = this
    if (!this.settings || !id) return
    const settings = { ...this.settings, ...part }
    this.settings = settings
    const mine = ++this.#latest
    try {
      const preview = await lab.imports.preview(id, settings)
      if (mine === this.#latest && this.id === id) this.#show(preview)
    } catch (thrown) {
      if (mine === this.#latest && this.id === id) this.problem = thrown
    }
  }

  /** A text that is no number stands for a missing one; where none may be missing, they stay so from now on. */
  async markMissing(text: string): Promise<void> {
    const { marks = [], missing } = this.settings ?? {}
    await this.change({ marks: [...marks, text], ...(missing === 'refuse' && { missing: 'keep' }) })
  }

  /** Reads the file; resolves to the dataset's id, or to nothing where it was refused or cancelled. */
  async run(name: string): Promise<string | undefined> {
    const { id, settings } = this
    if (!id || !settings) return undefined
    this.problem = null
    try {
      await lab.imports.run(id, settings, name)
      for (;;) {
        const progress = await lab.imports.progress(id)
        this.progress = progress
        if (progress.state === 'done') {
          this.#forget()
          return progress.dataset
        }
        if (progress.state !== 'reading') {
          this.problem = progress.problem ?? null
          this.progress = null
          return undefined
        }
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
    } catch (thrown) {
      this.problem = thrown
      this.progress = null
      return undefined
    }
  }

  async cancel(): Promise<void> {
    const { id } = this
    this.#forget()
    if (id) await lab.imports.cancel(id).catch(() => {})
  }

  #forget(): void {
    this.file = null
    this.id = null
    this.sent = 0
    this.preview = null
    this.settings = null
    this.progress = null
    this.problem = null
  }

  #show(preview: ImportPreview): void {
    this.preview = preview
    this.settings = preview.settings
    this.problem = preview.problem ?? null
  }
}

export const importing = new Importing()
