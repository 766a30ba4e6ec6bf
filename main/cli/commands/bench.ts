import { LabError } from '../../../shared/errors.ts'
import { backendIds } from '../../engine/backends/registry.ts'
import { cellById } from '../../engine/cells/catalogue.ts'
import type { TimingProblem } from '../../engine/timing/problem.ts'
import { listEngines } from '../../lab/engines.ts'
import { compare, type Timing } from '../bench/bench.ts'
import { engineField, type Field, torchField } from '../bench/contestants.ts'
import { type Command, exitCodes } from '../command.ts'

const standardSizes = ['50/4/32', '100/2/64', '50/32/128', '200/32/128', '200/32/256']
const standardCells = ['rnn', 'lstm', 'gru']
const batch = 32

export const bench: Command = {
  name: 'bench',
  usage: 'bench [--engine ID]... [--cell CELL]... [--size T/D/H]... [--python PATH] [--rounds N] [--json]',
  summary: 'Times one training step (forward, backward with the flow of every step, Adam; 32 examples) in turns.',
  details: [
    `  --engine ID     an engine: ${backendIds.join(', ')}, wasm-generic (default: all that are ready)`,
    `  --cell CELL     a cell (default: ${standardCells.join(', ')})`,
    `  --size T/D/H    time steps, inputs, units (default: ${standardSizes.join(', ')})`,
    '  --python PATH   a Python with PyTorch: its nn.LSTM, and a loop over LSTMCell that keeps every gradient',
    '  --rounds N      turns that everyone gets (default 7)',
    '  --json          one line of JSON instead of tables',
    '',
    'Everyone has a process of its own and takes turns; milliseconds are medians, ratios are to the first engine.',
    'What takes more than two seconds a step is timed once.',
  ],
  options: {
    engine: { type: 'string', multiple: true },
    cell: { type: 'string', multiple: true },
    size: { type: 'string', multiple: true },
    python: { type: 'string' },
    rounds: { type: 'string' },
    json: { type: 'boolean' },
  },
  arity: [0, 0],
  async run({ values }, signal) {
    const lists = values as Readonly<Record<string, readonly string[] | undefined>>
    const engines = lists.engine ?? [...(await readyEngines()), 'wasm-generic']
    const cells = (lists.cell ?? standardCells).map((id) => cellById(id).id)
    const problems = (lists.size ?? standardSizes).flatMap((size) => cells.map((cell) => problemOf(cell, size)))
    const effort = { rounds: roundsOf(values.rounds), turn: 150, most: 10_000 }

    const fields: Field[] = []
    const results: Timing[] = []
    try {
      for (const id of engines) fields.push(await engineField(id, id !== 'wasm' || engines.length === 1))
      if (values.python) fields.push(await torchField(String(values.python)))
      const contestants = fields.flatMap((field) => field.contestants)
      for (const problem of problems) {
        const found = await compare(contestants, problem, effort, signal)
        if (signal.aborted) return exitCodes.interrupted
        results.push(...found)
        if (!values.json) show(problem, found)
      }
      if (values.json) console.log(JSON.stringify({ results }))
      return exitCodes.done
    } finally {
      await Promise.all(fields.map((field) => field.stop()))
    }
  },
}

async function readyEngines(): Promise<string[]> {
  return (await listEngines()).filter(({ state }) => state === 'ready').map(({ id }) => id)
}

/** Throws LabError `usage`. */
function problemOf(cell: string, size: string): TimingProblem {
  const parts = /^(\d{1,4})\/(\d{1,4})\/(\d{1,4})$/.exec(size)?.slice(1).map(Number)
  if (!parts || parts.includes(0)) {
    throw new LabError('usage', `"${size}" is no size.`, 'Write time steps, inputs and units, such as 50/4/32.')
  }
  const [time, width, units] = parts as [number, number, number]
  return { cell, time, width, units, batch }
}

function roundsOf(given: string | boolean | readonly string[] | undefined): number {
  const rounds = Number(given ?? 7)
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000) return rounds
  throw new LabError('usage', `--rounds ${given} is no count.`, 'Use a whole number from 1 to 1000.')
}

function show(problem: TimingProblem, timings: readonly Timing[]): void {
  const { cell, time, width, units } = problem
  const first = timings[0]?.ms ?? Number.NaN
  console.log(`${cell} ${time}/${width}/${units}`)
  for (const { engine, ms, min, max, description, gflops, share } of timings) {
    const columns = [
      engine.padEnd(14),
      `${(ms / first).toFixed(2)}x`.padStart(8),
      `${ms.toFixed(2)} ms`.padStart(11),
      `(${min.toFixed(2)} to ${max.toFixed(2)})`.padEnd(20),
      `${gflops.toFixed(1)} GFLOP/s`.padStart(14),
      (share === undefined ? '' : `${Math.round(share * 100)}% of best`).padEnd(11),
    ]
    console.log(`  ${columns.join(' ')}  ${description}`)
  }
}
