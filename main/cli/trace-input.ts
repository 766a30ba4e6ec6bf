import { stat } from 'node:fs/promises'
import { LabError } from '../../shared/errors.ts'
import { OpenChoices } from '../../shared/inspect.ts'
import { type Intervention, Interventions } from '../../shared/interventions.ts'
import type { Model } from '../../shared/model.ts'
import { parse } from '../../shared/validation.ts'
import { readInput } from '../lab/files.ts'
import { readModelFolder } from '../lab/formats/model-folder.ts'
import { modelOfWeights } from '../lab/models/read.ts'
import type { Invocation } from './command.ts'

/** What a lone state dict does not tell, as options of the command line. */
export const choiceOptions = {
  cell: { type: 'string' },
  activation: { type: 'string' },
  head: { type: 'string' },
  loss: { type: 'string' },
} as const

/**
 * A model folder, or a .safetensors file with what its names and shapes do not tell. Throws `usage` where
 * something is left open, and what reading throws.
 */
export async function readModelAt(path: string, { values }: Invocation): Promise<Model> {
  const given = Object.keys(choiceOptions).filter((option) => values[option] !== undefined)
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? !path.endsWith('.safetensors')
  if (isFolder) {
    if (!given.length) return readModelFolder(path)
    const message = `--${given[0]} is for a .safetensors file alone; model.json says what a folder holds.`
    throw new LabError('usage', message, `Leave --${given[0]} out.`)
  }
  const choices = parse(
    OpenChoices,
    Object.fromEntries(given.map((option) => [option, values[option]])),
    'usage',
    'trace',
  )
  const model = modelOfWeights({ name: path, bytes: await readInput(path) }, choices)
  if (!('state' in model)) return model
  const open = model.missing.map(({ field, options }) => `--${field} ${options.join('|')}`)
  throw new LabError('usage', `${path} does not tell everything that decides its numbers.`, `Add ${open.join(', ')}.`)
}

/** A list of interventions from a JSON file. Throws `spec-invalid` naming the file and the field. */
export async function readInterventions(path: string): Promise<Intervention[]> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readInput(path)))
  } catch (error) {
    if (error instanceof LabError) throw error
    throw new LabError('spec-invalid', `${path} is not JSON: ${(error as Error).message}.`, 'Write it as UTF-8 JSON.', {
      file: path,
    })
  }
  return parse(Interventions, json, 'spec-invalid', path)
}
