import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { resolveSpec } from '../lab/runs/spec.ts'
import { runSchema } from './run-schema.ts'

const readJson = async (name: string) => JSON.parse(await readFile(join(import.meta.dirname, name), 'utf8'))

it('the shipped schema is the one of the code', async () => {
  expect(await readJson('run.schema.json')).toEqual(runSchema())
})

it('knows every task, its fields and its limits', () => {
  const text = JSON.stringify(runSchema())
  for (const part of ['"const":"adding"', '"const":"csv"', '"const":"text"', '"horizon"', '"enum":["rnn","lstm"']) {
    expect(text).toContain(part)
  }
  expect(text).toContain('"exclusiveMinimum":0')
})

it('the example is one that trains', async () => {
  const example = await readJson('run.example.json')
  const { $schema, ...rest } = example
  expect($schema).toBe('./run.schema.json')
  expect(resolveSpec(example, 'run.example.json')).toMatchObject(rest)
})
