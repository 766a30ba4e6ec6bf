import { modelFolder } from '../../lab/exports/model.ts'
import { stageFolder } from '../../lab/files.ts'
import { toJson } from '../../lab/formats/numbers.ts'
import { dueRows } from '../../lab/runs/log.ts'
import { withSizes } from '../../lab/runs/spec.ts'
import { version } from '../../lab/version.ts'
import type { Work } from './work.ts'

/** Fills DIR and returns what is printed: paths, scores on held-out examples, failures. */
export async function writeResult({ training, unfinished }: Work, seconds: number, before: readonly number[]) {
  const { out, record } = unfinished
  const { facts, engine, engineVersion, summaries } = training
  const { scores } = await training.answers()
  const snapshots = await Promise.all(facts.runs.map((_, run) => training.snapshot(run)))
  const runs = summaries.map(({ name, cell, parameters, loss, metric, failure }, k) => ({
    name,
    cell,
    parameters,
    steps: snapshots[k]?.step,
    ...(before[k] && { resumedAt: before[k] }),
    loss,
    metric,
    heldOut: scores[k],
    ...(failure && { failure }),
  }))
  const versions = { unroll: version, node: process.versions.node, engine: engineVersion }
  const spec = withSizes(record.spec, facts)
  const content = { ...spec, engine, versions, seconds, metric: facts.task.metric, runs }
  const folder = await stageFolder(out)
  try {
    await folder.add({ 'run.json': new TextEncoder().encode(`${toJson(content, 2)}\n`) })
    for (const [k, { name, config }] of facts.runs.entries()) {
      const model = { config, parameters: snapshots[k]?.parameters ?? {} }
      const files = modelFolder.files({ model, rows: dueRows(training.rows(k), spec.training.steps) })
      await folder.add(Object.fromEntries(Object.entries(files).map(([file, bytes]) => [`${name}/${file}`, bytes])))
    }
    await folder.commit()
  } finally {
    await folder.discard()
  }
  await unfinished.remove()
  return { out, engine, seconds, baselines: facts.task.baselines.test, runs }
}
