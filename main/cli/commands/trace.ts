import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { LabError } from '../../../shared/errors.ts'
import { writeNpz } from '../../../shared/npz.ts'
import { horizonThreshold } from '../../engine/quantities.ts'
import { startLabEngine } from '../../lab/engines.ts'
import { readInput, writeFileSafely } from '../../lab/files.ts'
import { readBatch } from '../../lab/formats/batch.ts'
import { toJson } from '../../lab/formats/numbers.ts'
import { type Command, exitCodes, required } from '../command.ts'
import { choiceOptions, readInterventions, readModelAt } from '../trace-input.ts'

export const trace: Command = {
  name: 'trace',
  usage: 'trace MODEL --batch B.npz --out T.npz [--interventions I.json] [--horizon-threshold X] [--no-jacobians]',
  summary: 'Writes every state, gate and gradient of a model on one batch.',
  details: [
    '  MODEL           a model folder, or a .safetensors file of PyTorch with what it does not tell:',
    '                  --head last|every-step, --loss mse|cross-entropy|bce, --activation, --cell',
    '  --batch B.npz   inputs, targets and, where they differ, lengths',
    '  --out T.npz     the trace: arrays [batch, time, unit], named as in the README',
    '  --interventions I.json',
    '                  what is fixed inside: a list such as',
    '                  [{"kind": "clamp", "layer": 0, "of": "gates.forget", "unit": 2, "value": 1, "from": 3, "to": 9},',
    '                  {"kind": "ablate", "layer": 0, "unit": 1}, {"kind": "freeze", "layer": 0, "from": 3, "to": 9}]',
    '  --horizon-threshold X',
    '                  share of its last value under which flow counts as gone (default 0.01)',
    '  --no-jacobians  leaves out the Jacobians and Lyapunov exponents, whose cost grows with H^3',
    '  --engine ID     what computes (default auto)',
  ],
  options: {
    batch: { type: 'string' },
    out: { type: 'string' },
    'horizon-threshold': { type: 'string' },
    'no-jacobians': { type: 'boolean' },
    engine: { type: 'string' },
    interventions: { type: 'string' },
    ...choiceOptions,
  },
  arity: [1, 1],
  async run(invocation, signal) {
    const path = resolve(invocation.positionals[0] as string)
    const batchFile = resolve(required(trace, invocation, 'batch'))
    const out = resolve(required(trace, invocation, 'out'))
    const { interventions } = invocation.values
    const options = {
      jacobians: !invocation.values['no-jacobians'],
      horizonThreshold: thresholdOf(invocation.values['horizon-threshold']),
      ...(typeof interventions === 'string' && { interventions: await readInterventions(resolve(interventions)) }),
    }
    const model = await readModelAt(path, invocation)
    const batch = readBatch(await readInput(batchFile), model.config, batchFile)
    const engine = await startLabEngine({
      backend: String(invocation.values.engine ?? 'auto'),
      threads: availableParallelism(),
    })
    signal.addEventListener('abort', () => engine.kill())
    try {
      if (signal.aborted) return exitCodes.interrupted
      const arrays = await engine.functions.trace(model, batch, options)
      await writeFileSafely(out, writeNpz(arrays))
      console.log(toJson({ out, arrays: Object.keys(arrays).length, loss: arrays.loss?.data[0] }))
      return exitCodes.done
    } catch (error) {
      if (signal.aborted) return exitCodes.interrupted
      throw error
    } finally {
      await engine.stop()
    }
  },
}

function thresholdOf(value: unknown): number {
  if (value === undefined) return horizonThreshold
  const threshold = typeof value === 'string' && value.trim() ? Number(value) : Number.NaN
  if (threshold > 0 && threshold <= 1) return threshold
  throw new LabError('usage', `--horizon-threshold is "${value}".`, 'Give a share above 0 and at most 1.')
}
