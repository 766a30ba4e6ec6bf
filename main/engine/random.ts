import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random numbers of one stream; the same (seed, name, index) gives the same numbers everywhere. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits. */
  uniform(): number
  /** Uniform integer in 0 .. n-1. */
  integer(n: number): number
  /** Standard normal (Box & Muller 1958). */
  normal(): number
}

/**
 * A stream of its own for each purpose and step: batch 700 can be drawn without the 699 before it,
 * so a run continues anywhere without storing a generator's state.
 */
export function randomStream(seed: number, name: string, index = 0): Random {
  let hash = mix(seed ^ 0x9e3779b9)
  for (const character of name) hash = mix(hash ^ (character.codePointAt(0) as number))
  const generator = xoroshiro128plus(mix(hash ^ mix(index)))
  const uniform = () => (generator.next() >>> 0) / 2 ** 32
  return {
    uniform,
    integer: (n) => Math.floor(uniform() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** The 32-bit finaliser of MurmurHash3: neighbouring seeds end far apart. */
function mix(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
