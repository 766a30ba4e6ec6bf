import * as v from 'valibot'

/**
 * A method of the contract between page and lab. Arguments are checked against their schema before a
 * handler sees them (the page is not trusted); results are typed only (the lab is).
 */
export interface Method<Args extends v.GenericSchema<unknown[], unknown[]>, Result> {
  readonly args: Args
  /** Carries the result's type; has no value. */
  readonly result?: Result
}

export const method =
  <Result>() =>
  <const Items extends readonly v.GenericSchema[]>(...items: Items) =>
    ({ args: v.strictTuple(items) }) as Method<v.StrictTupleSchema<Items, undefined>, Result>

export const Id = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/))
export const Name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(120))
export const Index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000))
/** Share of its last value under which flow counts as gone, for a memory horizon; left out: 0.01. */
export const HorizonThreshold = v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)))
/** Which state: left out, the present one; else, of each run, the latest stored one that is not after it. */
export const TrainingStep = v.optional(Index)
/** The largest file the page may hand over, in bytes. */
export const maxUploadBytes = 64 * 1024 * 1024
export const Upload = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  bytes: v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.byteLength <= maxUploadBytes, `at most ${maxUploadBytes} bytes`),
  ),
})
