import { dirname, resolve } from 'node:path'
import { LabError } from '../../shared/errors.ts'
import type { RunSpec } from '../../shared/spec.ts'
import type { TaskSource } from '../engine/protocol.ts'
import { readSource } from '../lab/datasets/source.ts'
import { readInput } from '../lab/files.ts'
import { firstDifference, sha256 } from '../lab/runs/origin.ts'
import { fileOf, resolveSpec } from '../lab/runs/spec.ts'
import type { UnfinishedRecord } from '../lab/runs/unfinished.ts'

/** RUN.json with the data it names. */
export interface RunFile extends Pick<UnfinishedRecord, 'run' | 'spec' | 'data'> {
  readonly source: TaskSource | undefined
}

/** Reads RUN.json and its data, a path in it being relative to it. Throws what is wrong with either. */
export async function readRunFile(path: string): Promise<RunFile> {
  const bytes = await readInput(path)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    const message = `${path} is not JSON: ${(error as Error).message}.`
    throw new LabError('spec-invalid', message, 'Start from main/cli/run.example.json.', { file: path })
  }
  const spec = resolveSpec(json, path)
  const file = fileOf(spec)
  return { run: path, spec, ...(await readData(spec, file === undefined ? null : resolve(dirname(path), file))) }
}

/** The data of an unfinished run whose RUN.json is no longer there. */
export async function readRecorded({ run, spec, data }: UnfinishedRecord): Promise<RunFile> {
  return { run, spec, ...(await readData(spec, data?.file ?? null)) }
}

async function readData(spec: RunSpec, file: string | null): Promise<Pick<RunFile, 'data' | 'source'>> {
  if (file === null) return { data: null, source: undefined }
  const bytes = await readInput(file)
  return { data: { file, sha256: sha256(bytes) }, source: readSource(spec.task, file, bytes) }
}

/**
 * Throws `spec-invalid` naming what is no longer as it was when the run began: with another spec or other
 * data the result would be that of neither.
 */
export function checkUnchanged(file: RunFile, record: UnfinishedRecord): void {
  const hint = 'Undo the change, or train anew with --out.'
  const difference = firstDifference(record.spec, file.spec)
  if (difference) {
    const { field, before, after } = difference
    const show = (value: unknown) => (value === undefined ? 'not there' : JSON.stringify(value))
    const message = `${file.run} has changed since the run began: "${field}" was ${show(before)} and is ${show(after)}.`
    throw new LabError('spec-invalid', message, hint, { file: file.run, field, value: show(after) })
  }
  if (file.data && file.data.sha256 !== record.data?.sha256) {
    const message = `${file.data.file} has changed since the run began.`
    throw new LabError('spec-invalid', message, hint, { file: file.data.file, field: 'task.file' })
  }
}
