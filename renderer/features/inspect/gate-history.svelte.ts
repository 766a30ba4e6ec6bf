import type { GateTelemetry } from '../../../shared/inspect.ts'
import type { Messages } from '../../i18n/en.ts'
import { lab } from '../../lab.ts'
import type { RunSignals } from './run-signals.ts'
import { stavesOf } from './staves.ts'

/** Equal parts of 0 to 1 that values are counted in. */
export const gateBins = 20

/** How the values of one gate were distributed at each training step that was looked at: [N, 20] shares. */
export interface GateShares {
  readonly name: string
  readonly symbol: string
  readonly text: string
  readonly shares: Float32Array
}

/** How every gate stood over training; it grows while training goes on. */
export class GateHistory {
  #telemetry = $state.raw<GateTelemetry | null>(null)

  async refresh(id: string): Promise<void> {
    this.#telemetry = await lab.inspect.gates(id)
  }

  /** Training steps that were looked at. */
  steps({ index }: Pick<RunSignals, 'index'>): Int32Array {
    return this.#telemetry?.runs[index]?.step ?? new Int32Array(0)
  }

  gates(run: RunSignals, t: Messages): readonly GateShares[] {
    const arrays = this.#telemetry?.runs[run.index]?.arrays
    return stavesOf(run, t).flatMap(({ name, symbol, text, scale }) => {
      const shares = arrays?.[`layers.${run.layers - 1}.histogram.${name}`]?.data
      return scale === 'gate' && shares?.length ? [{ name, symbol, text, shares }] : []
    })
  }
}

/** A column a training step, 0 at the bottom; the darkest is the largest share of this gate. */
export function gatePicture({ shares }: GateShares) {
  const most = Math.max(...shares)
  const data = shares.map((value) => value / most)
  return {
    matrix: { steps: shares.length / gateBins, units: gateBins, data },
    rows: Array.from({ length: gateBins }, (_, k) => gateBins - 1 - k),
    rule: 'gate',
  } as const
}
