import { LabError } from '../../shared/errors.ts'
import { maxUploadBytes } from '../../shared/method.ts'
import { i18n } from '../i18n/index.svelte.ts'
import { lab } from '../lab.ts'
import { hrefs, router } from './router.svelte.ts'

/** Opening a file: it becomes a dataset, and its set-up form opens. */
class Uploads {
  /** Name of the file being read. */
  busy = $state<string | null>(null)
  problem = $state.raw<unknown>(null)

  async open(file: File): Promise<void> {
    this.problem = null
    this.busy = file.name
    try {
      if (file.size > maxUploadBytes) throw tooLarge(file)
      const bytes = new Uint8Array(await file.arrayBuffer())
      const dataset = await lab.datasets.import({ name: file.name, bytes })
      router.go(hrefs.create({ dataset: dataset.id }))
    } catch (thrown) {
      this.problem = thrown
      if (router.route.page !== 'new') router.go(hrefs.home)
    } finally {
      this.busy = null
    }
  }
}

function tooLarge(file: File): LabError {
  const limit = String(maxUploadBytes / 2 ** 20)
  return new LabError('file-too-large', `${file.name}: ${i18n.t.home.tooLarge(limit)}`, '', { file: file.name })
}

export const uploads = new Uploads()
