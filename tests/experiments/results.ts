import { readFileSync, writeFileSync } from 'node:fs'
import type { EngineInfo } from '../../shared/contract.ts'
import type { Experiment, Row } from './experiment.ts'

/** What one experiment came to, and where. */
export interface Result {
  /** YYYY-MM-DD. */
  readonly date: string
  readonly unroll: string
  readonly engine: Pick<EngineInfo, 'id' | 'description' | 'version'>
  readonly node: string
  readonly platform: string
  readonly seconds: number
  readonly rows: readonly Row[]
}

/** By the experiment's id. */
export type Results = Readonly<Record<string, Result>>

const json = new URL('./results.json', import.meta.url)
const page = new URL('./results.md', import.meta.url)

export const readResults = (): Results => JSON.parse(readFileSync(json, 'utf8')) as Results
export const readPage = (): string => readFileSync(page, 'utf8')

/**
 * Puts one result in the place of the experiment's earlier one into results.json and writes results.md from
 * it; the others stay. What the registry no longer has is dropped.
 */
export function writeResult(experiments: readonly Experiment[], id: string, result: Result): void {
  const all: Results = { ...readResults(), [id]: result }
  const kept = experiments.flatMap((experiment) => {
    const found = all[experiment.id]
    return found ? [[experiment.id, found] as const] : []
  })
  const results = Object.fromEntries(kept)
  writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(page, pageOf(experiments, results))
}

/** results.md, from what results.json holds; an experiment that it lacks is said to be missing. */
export function pageOf(experiments: readonly Experiment[], results: Results): string {
  const sections = experiments.flatMap((experiment) => {
    const result = results[experiment.id]
    return result ? [section(experiment, result.rows), '', where(result)] : [heading(experiment), '', 'Not run yet.']
  })
  return [
    '# Published results beside ours',
    '',
    'Every section is written by `npm run experiments -- --only ID --write` and says when and on what. A verdict',
    'is computed from its rule alone: `reached` where the rule holds, `not reached` where training ended before it',
    'did, `differs` where something else came out than was published. Seed 1 where no other is named. Settings',
    'were chosen by trying several on these same tasks and seeds; with others, such as input gates without the',
    'negative bias of the paper, some seeds did not get there within the published number of sequences.',
    ...sections,
    '',
  ].join('\n')
}

/** An experiment's table as it is printed and stored. */
export function section(experiment: Experiment, rows: readonly Row[]): string {
  return [
    heading(experiment),
    '',
    '| published | ours | rule | sequences | verdict | set-up |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({ target, ours, rule, sequences, verdict, remark }) =>
        `| ${target} | ${ours} | ${rule} | ${sequences?.toLocaleString('en-US') ?? ''} | ${verdict} | ${remark ?? ''} |`,
    ),
  ].join('\n')
}

const heading = ({ title, source, id }: Experiment): string => `\n## ${title}\n${source}. \`${id}\``

const where = ({ date, unroll, engine, node, platform, seconds }: Result): string =>
  `${date}, ${seconds} s. Unroll ${unroll}, engine ${engine.id} (${engine.description}; TensorFlow.js ${engine.version}), Node ${node}, ${platform}.`
