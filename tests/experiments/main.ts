import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadBackend } from '../../main/engine/backends/registry.ts'
import type { Bench, Experiment, Row } from './experiment.ts'
import { experiments } from './registry.ts'

/**
 *   npm run experiments -- [--short] [--only ID] [--engine ID] [--write]
 *
 * Reproduces published results and prints each beside ours. `--write` puts the table into results.md.
 * The exit code is 1 when one of them differs.
 */
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    engine: { type: 'string', default: 'auto' },
    write: { type: 'boolean', default: false },
  },
})

const results = fileURLToPath(new URL('./results.md', import.meta.url))
const wanted = experiments.filter(({ id, long }) => (values.only ? values.only.includes(id) : !(values.short && long)))
const unknown = values.only?.find((id) => !experiments.some((experiment) => experiment.id === id))
if (unknown !== undefined) {
  throw new RangeError(`There is no experiment "${unknown}": ${experiments.map(({ id }) => id).join(', ')}.`)
}

const { compute, info } = await (await loadBackend(values.engine)).start()
const bench: Bench = {
  compute,
  short: values.short,
  progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\u001b[K${text}`),
}

const head = `Engine ${info.id} (${info.description}, ${info.version}), Node ${process.versions.node}, ${process.platform} ${process.arch}.`
console.log(head)
const sections: string[] = []
let differing = 0
for (const experiment of wanted) {
  const started = performance.now()
  const rows = experiment.run(bench)
  differing += rows.filter(({ verdict }) => verdict === 'differs').length
  const section = table(experiment, rows, (performance.now() - started) / 1000)
  bench.progress('')
  console.log(section)
  sections.push(section)
}
console.log(differing ? `${differing} differ.` : 'All reproduced.')
if (values.write) writeResults()
process.exitCode = differing ? 1 : 0

function table({ title, source }: Experiment, rows: readonly Row[], seconds: number): string {
  const lines = rows.map(
    ({ target, ours, sequences, verdict, remark }) =>
      `| ${target} | ${ours} | ${sequences?.toLocaleString('en-US') ?? ''} | ${verdict} | ${remark ?? ''} |`,
  )
  return [
    `\n## ${title}`,
    `${source}. ${seconds.toFixed(0)} s.\n`,
    '| published | ours | sequences | verdict | remark |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

function writeResults(): void {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const date = new Date().toISOString().slice(0, 10)
  const lines = [
    '# Published results, reproduced',
    '',
    `Written by \`npm run experiments -- --write\` on ${date}, Unroll ${version}. ${head} Seed 1 where no other is named.`,
    ...sections,
    '',
  ]
  writeFileSync(results, lines.join('\n'))
}
