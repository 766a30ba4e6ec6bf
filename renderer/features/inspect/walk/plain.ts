import { plainNumbers } from '../plain.ts'
import { heldFormula, holding, type MakeWalk, reading, type Stage, valueAt } from './stage.ts'
import { term, tex, texSmall } from './tex.ts'

const slopes: Readonly<Record<string, string>> = {
  tanh: '1 - h_t^2',
  sigmoid: 'h_t(1 - h_t)',
  relu: '[h_t > 0]',
  identity: '1',
}
const functions: Readonly<Record<string, string>> = {
  tanh: '\\tanh',
  sigmoid: '\\sigma',
  relu: '\\mathrm{ReLU}',
  identity: '\\mathrm{id}',
}

/** A step of the plain RNN: one state, written anew each time. */
export const plainWalk: MakeWalk = (place, t) => {
  const { run, at, unit, norms } = place
  const hidden = run.signal('hidden')
  if (!hidden) return { stages: [], arrives: [], leaves: [] }
  const numbers = (u: number) => plainNumbers(hidden, run.recurrent, run.activation, u, at)
  const read = reading(place)
  const one = numbers(unit)
  const act = functions[run.activation] ?? '\\phi'
  const value = valueAt(place)
  const dh = (u: number) => value('grad.hidden', at, u)
  const hold = holding(place)
  const held = norms ? undefined : hold('hidden', unit)
  const known = !norms && !held && !Number.isNaN(one.drive)
  /** What of dL/dh_t a way lets through: through the sum nothing where the state is held; all of it where it is kept. */
  const passes = (u: number, share: number, whereKept: number) =>
    ({ set: 0, kept: whereKept, free: share })[hold('hidden', u) ?? 'free'] * dh(u)
  const stages: Stage[] = [
    {
      id: 'forget',
      title: t.inspect.recallStep,
      note: t.inspect.recallNote,
      results: [{ symbol: 'U h_{t-1}', value: read((u) => numbers(u).recurrent) }],
      formulas: ['U h_{t-1}', ...(norms ? [] : [`h_{t-1} = ${tex(one.before)}`])],
    },
    {
      id: 'store',
      title: t.inspect.readStep,
      note: t.inspect.readNote,
      // Told from what came out, which is not what went in where it is held.
      results: held ? [] : [{ symbol: 'W x_t + b', value: read((u) => numbers(u).drive) }],
      formulas: ['W x_t + b'],
    },
    {
      id: 'update',
      title: t.inspect.stateStep,
      note: t.inspect.stateNote,
      results: [{ symbol: 'h_t', value: read((u) => numbers(u).h), name: 'h' }],
      formulas: [
        held ? heldFormula('h', held, tex(one.h), t) : `h_t = ${act}(U h_{t-1} + W x_t + b)`,
        ...(known ? [`= ${act}(${tex(one.recurrent)} ${term(one.drive)}) = ${tex(one.h)}`] : []),
      ],
    },
  ]
  const leaves = [
    {
      id: 'slope',
      formula: `(${slopes[run.activation] ?? "\\phi'"})\\,\\partial L/\\partial h_t`,
      value: read((u) => passes(u, numbers(u).slope, 0)),
    },
    ...(norms
      ? []
      : [
          { id: 'own', formula: `${texSmall(one.own)}\\,\\partial L/\\partial h_t`, value: passes(unit, one.own, 1) },
          { id: 'all', formula: `${texSmall(one.all)}\\,\\partial L/\\partial h_t`, value: passes(unit, one.all, 1) },
        ]),
  ]
  return { stages, arrives: [{ id: 'total', formula: '\\partial L/\\partial h_t', value: read(dh) }], leaves }
}
