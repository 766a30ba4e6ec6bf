import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { loadBackend } from '../../main/engine/backends/registry.ts'
import type { Bench, Row } from './experiment.ts'
import { experiments } from './registry.ts'
import { section, writeResult } from './results.ts'

/**
 *   npm run experiments -- [--short] [--only ID]... [--engine ID] [--write]
 *
 * Reproduces published results and prints each beside ours. `--write` puts each experiment that was run, as
 * soon as it has ended, into results.json and results.md; the others keep what they have. The exit code is 1
 * when one of them differs or is not reached.
 */
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    engine: { type: 'string', default: 'auto' },
    write: { type: 'boolean', default: false },
  },
})

if (values.short && values.write) throw new RangeError('--write keeps the full experiments: leave out --short.')
const unknown = values.only?.find((id) => !experiments.some((experiment) => experiment.id === id))
if (unknown !== undefined) {
  throw new RangeError(`There is no experiment "${unknown}": ${experiments.map(({ id }) => id).join(', ')}.`)
}
const wanted = experiments.filter(({ id, long }) => (values.only ? values.only.includes(id) : !(values.short && long)))

const { compute, info } = await (await loadBackend(values.engine)).start()
const bench: Bench = {
  compute,
  short: values.short,
  progress: (text) => process.stderr.isTTY && process.stderr.write(`\r\u001b[K${text}`),
}
const { version: unroll } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const platform = `${process.platform} ${process.arch}`
const node = process.versions.node

console.log(`Engine ${info.id} (${info.description}; TensorFlow.js ${info.version}), Node ${node}, ${platform}.`)
const all: Row[] = []
for (const experiment of wanted) {
  const started = performance.now()
  const rows = experiment.run(bench)
  const seconds = Math.round((performance.now() - started) / 1000)
  bench.progress('')
  console.log(`${section(experiment, rows)}\n\n${seconds} s.`)
  all.push(...rows)
  if (values.write) {
    const engine = { id: info.id, description: info.description, version: info.version }
    const date = new Date().toISOString().slice(0, 10)
    writeResult(experiments, experiment.id, { date, unroll, engine, node, platform, seconds, rows })
  }
}
const count = (verdict: Row['verdict']) => all.filter((row) => row.verdict === verdict).length
console.log(`\n${count('reached')} reached, ${count('not reached')} not reached, ${count('differs')} differ.`)
process.exitCode = count('reached') === all.length ? 0 : 1
