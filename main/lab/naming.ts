import { parse as parsePath } from 'node:path'
import { freeName } from '../../shared/names.ts'
import type { RunSpec } from '../../shared/spec.ts'

/** A name for an experiment that was given none: its data and its cells, numbered where it is taken. */
export function experimentName(spec: RunSpec, file: string | undefined, taken: readonly string[]): string {
  const data = file === undefined ? spec.task.id : parsePath(file).name
  const cells = [...new Set(spec.cells.map(({ cell }) => cell))].join(', ')
  const name = `${data.slice(0, 60)}: ${cells}`
  return freeName(name, taken)
}

/** A file's name from a person's: letters and digits of any script, joined by "-". */
export function fileName(name: string): string {
  const safe = name.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '-')
  return safe.replace(/^-+|-+$/g, '').slice(0, 80) || 'experiment'
}
