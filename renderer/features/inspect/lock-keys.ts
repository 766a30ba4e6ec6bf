import { fixed, freed, has, type Lock } from './change.ts'
import type { Inspection } from './inspection.svelte.ts'

/** The letter of a gate, as the literature writes it, locks and frees it in the panel's run. */
const gates: Readonly<Record<string, string>> = { f: 'forget', i: 'input', o: 'output', r: 'reset', z: 'update' }

export const lockKeys = (inspection: Inspection) =>
  Object.fromEntries(
    Object.entries(gates).map(([key, gate]) => [
      key,
      () => {
        const { picked, stretch, unit, lockAll } = inspection
        const signal = picked?.signal(`gates.${gate}`)
        if (!picked || !signal) return false
        const lock: Lock = {
          kind: 'clamp',
          layer: picked.layers - 1,
          of: `gates.${gate}`,
          value: Number(signal.at(inspection.cursor, unit).toFixed(2)),
          from: stretch.from,
          to: stretch.to - 1,
          ...(lockAll ? {} : { unit }),
        }
        const change = inspection.change.value
        const isHeld = has(change, picked.index, lock) !== undefined
        inspection.apply(isHeld ? freed(change, picked.index, lock) : fixed(change, picked.index, lock))
        return true
      },
    ]),
  )
