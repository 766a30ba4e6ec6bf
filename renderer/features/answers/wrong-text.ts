import type { Answers, Experiment } from '../../../shared/contract.ts'
import type { Glance } from '../../../shared/inspect.ts'
import type { Messages } from '../../i18n/en.ts'
import { fixed, measure } from '../../viz/numbers.ts'
import { tagLabel, tagValue } from '../data/tag-text.ts'
import { answersWithWords, readable, wordOf } from '../inspect/tokens.ts'
import type { Asked, WrongPlace } from './wrong.ts'

/** Steps of a series that a line has room for. */
const mostSteps = 24

/** What was read, in a line; characters stand close. */
export function inputsText({ tokens, inputs, steps }: Glance): string {
  const width = inputs.shape[1] ?? 1
  const count = inputs.data.length / width
  const step = (k: number) => Array.from(inputs.data.subarray(k * width, (k + 1) * width), measure).join(', ')
  const parts = tokens?.map(readable) ?? Array.from({ length: count }, (_, k) => (width > 1 ? `(${step(k)})` : step(k)))
  const close = tokens?.every((token) => [...token].length === 1)
  return `${parts.join(close ? '' : ' ')}${steps > count ? ` … (${steps})` : ''}`
}

/** What was right, what was said instead, and how sure the run was of that. */
export function saidText(
  answers: Answers,
  run: number,
  { index, step }: WrongPlace,
  experiment: Pick<Experiment, 'facts' | 'spec'>,
  glance: Glance | undefined,
  t: Messages,
): { readonly expected: string; readonly answered: string; readonly share: string } {
  const { outputs } = experiment.facts
  const isSeries = outputs.endsWith('-series')
  const each = answers.targets.data.length / Math.max(1, answers.metrics[run]?.data.length ?? 1)
  const word = (id: number) => (answersWithWords(experiment.facts) ? wordOf(experiment, id, t) : measure(id))
  const at = index * each + (step ?? 0)
  const length = answers.lengths?.data[index] ?? each
  const said = (data: Float32Array | undefined) => {
    if (!isSeries || step !== undefined) return word(data?.[at] ?? Number.NaN)
    // Of long ones the end, where what had to be remembered is asked for.
    const words = Array.from(data?.subarray(at + Math.max(0, length - mostSteps), at + length) ?? [], word).join(' ')
    return length > mostSteps ? `… ${words}` : words
  }
  const answered = answers.outputs[run]?.data
  // While training goes on, what is asked for later may be answered otherwise.
  const isSame = glance?.share !== undefined && glance.answer === answered?.[at] && (!isSeries || step !== undefined)
  const where = step === undefined ? '' : ` ${t.answers.wrongStep(step + 1)}`
  return {
    expected: `${said(answers.targets.data)}${where}`,
    answered: said(answered),
    share: isSame ? fixed(glance.share, 2) : '—',
  }
}

/** What of the wrong examples is asked for, where it is not all. */
export function askedText({ cell, bin }: Asked, experiment: Pick<Experiment, 'facts' | 'spec'>, t: Messages): string {
  if (cell) return t.answers.wrongCell(wordOf(experiment, cell.truth, t), wordOf(experiment, cell.answered, t))
  if (!bin) return ''
  const { tag, from, to } = bin
  return `${tagLabel(tag, t)} ${from === to ? tagValue(tag, String(from), t) : `${from}–${to}`}`
}
