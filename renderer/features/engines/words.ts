import type { EngineInfo, EngineProgress, EngineTimings, Experiment } from '../../../shared/contract.ts'
import type { Messages } from '../../i18n/en.ts'
import { bytes } from '../../viz/numbers.ts'

export const nameOf = (id: string, t: Messages): string => t.engines.names[id] ?? id

/** "TensorFlow CPU 2.6 ms, WebAssembly 41 ms" */
export const writeTimings = (timings: EngineTimings, t: Messages): string =>
  t.setup.summary.list(timings.map(({ id, ms }) => `${nameOf(id, t)} ${t.engines.auto.ms(ms.toPrecision(2))}`))

/** Why an experiment trains on its engine: it was asked for, or what `auto` measured. */
export function reasonOf({ choice }: Pick<Experiment, 'choice'>, t: Messages): string {
  const words = t.engines.auto
  if (!choice) return words.chosen
  if (choice.asked !== 'auto') return words.asked
  return choice.timings ? words.measured(writeTimings(choice.timings, t)) : words.only
}

/** "NVIDIA H100, 80 GB of memory"; undefined where it computes on the processor. */
export function deviceOf({ device }: EngineInfo, t: Messages): string | undefined {
  if (!device) return undefined
  return t.setup.summary.list([
    device.name,
    ...(device.bytes === undefined ? [] : [t.engines.memory(bytes(device.bytes))]),
  ])
}

/** "8.4 MB/s, about 50 s left"; empty before anything is known. */
export function paceOf({ rate, left }: EngineProgress, t: Messages): string {
  if (rate === undefined || left === undefined) return ''
  const time = left < 90 ? t.engines.seconds(Math.ceil(left)) : t.engines.minutes(Math.ceil(left / 60))
  return t.engines.pace(bytes(rate), time)
}
