import type { ImportSettings, Reason } from '../../../../shared/import.ts'
import type { Splitting } from '../../../../shared/sequences.ts'

/** What every guess begins from, and what it comes to. */

export interface Guess {
  readonly settings: ImportSettings
  readonly reasons: readonly Reason[]
}

export type Common = Pick<
  ImportSettings,
  'format' | 'encoding' | 'delimiter' | 'header' | 'tokenizer' | 'missing' | 'window' | 'split'
>

const shares = { validation: 0.1, test: 0.1, seed: 1 } as const
export const atRandom: Splitting = { by: 'random', ...shares }
export const byTime: Splitting = { by: 'time', ...shares }
export const common: Common = {
  format: 'text',
  encoding: 'utf-8',
  delimiter: ',',
  header: true,
  tokenizer: { id: 'words' },
  missing: 'refuse',
  window: null,
  split: atRandom,
}

const isChinese = (text: string) => (text.match(/\p{Script=Han}/gu)?.length ?? 0) * 5 > text.length

/** Characters of Chinese, words of anything else. */
export function tokenizerFor(text: string, reasons: Reason[]): ImportSettings['tokenizer'] {
  const id = isChinese(text) ? 'characters' : 'words'
  reasons.push({ about: 'tokenizer', key: id })
  return { id }
}
