import { madd } from './vector'

/**
 * Nothing but multiply-adds on registers, eight that do not wait for each other at a time: what the machine
 * could do if no number had to come from memory. Each turn is 8 x 4 multiply-adds. Returns what they come to, so
 * that none can be left out.
 */
export function peak(turns: i32): f32 {
  const a = f32x4.splat(0.999)
  const b = f32x4.splat(0.001)
  let s0 = b, s1 = b, s2 = b, s3 = b, s4 = b, s5 = b, s6 = b, s7 = b
  for (let k = 0; k < turns; k++) {
    s0 = madd(s0, a, b)
    s1 = madd(s1, a, b)
    s2 = madd(s2, a, b)
    s3 = madd(s3, a, b)
    s4 = madd(s4, a, b)
    s5 = madd(s5, a, b)
    s6 = madd(s6, a, b)
    s7 = madd(s7, a, b)
  }
  const sum = f32x4.add(
    f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)),
    f32x4.add(f32x4.add(s4, s5), f32x4.add(s6, s7)),
  )
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)
}
