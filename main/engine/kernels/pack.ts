/**
 * Panels: how the two factors of a product lie in memory while it is computed. A panel holds `width`
 * neighbours (rows of the left factor, columns of the right one) side by side, entry after entry along
 * the summed axis: everything that one step of the innermost loop reads is one run of memory (Goto & van
 * de Geijn 2008). The last panel is filled up with zeros.
 */

/** Entries of the summed axis in one block: a panel of the right factor takes 8 KB, of the left 4 KB. */
// @ts-ignore: decorator
@inline
export const blockDepth: i32 = 256

/**
 * Packs `count` neighbours over `depth` entries. Entry k of neighbour i lies `stride` k + `step` i bytes
 * from `from`; one of the two distances is that of adjoining numbers, 4.
 */
export function packBlock(from: usize, count: i32, step: i32, depth: i32, stride: i32, width: i32, to: usize): void {
  const panelSize = usize(width * depth) << 2
  let i = 0
  if (step == 4) {
    for (; count - i >= 16; i += 16) {
      copyPanels(from + (i << 2), depth, stride, width, to, panelSize)
      to += usize(depth) << 6
    }
  }
  for (; i < count; i += width) {
    const full = count - i >= width
    const panel = from + i * step
    if (full && step == 4) copyPanel(panel, depth, stride, width, to)
    else if (full && stride == 4) turnPanel(panel, step, depth, width, to)
    else fillPanel(panel, count - i, step, depth, stride, width, to)
    to += panelSize
  }
}

/** The panels of sixteen neighbours that adjoin: a line of memory, read once. */
function copyPanels(from: usize, depth: i32, stride: i32, width: i32, to: usize, panelSize: usize): void {
  const line = usize(width) << 2
  const second = width == 8 ? to + 16 : to + panelSize
  const third = to + 8 / width * panelSize
  const fourth = second + (third - to)
  const end = usize(depth) * line
  for (let k: usize = 0; k < end; k += line) {
    const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48)
    v128.store(to + k, a)
    v128.store(second + k, b)
    v128.store(third + k, c)
    v128.store(fourth + k, d)
    from += stride
  }
}

/** A whole panel whose neighbours adjoin. */
function copyPanel(from: usize, depth: i32, stride: i32, width: i32, to: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(to, v128.load(from))
    if (width == 8) v128.store(to, v128.load(from, 16), 16)
    from += stride
    to += usize(width) << 2
  }
}

/** A whole panel whose entries adjoin: turned in squares of four by four. */
function turnPanel(from: usize, step: i32, depth: i32, width: i32, to: usize): void {
  const line = width << 2
  const whole = depth & ~3
  for (let i = 0; i < line; i += 16) {
    let source = from + (i >> 2) * step
    let target = to + i
    for (let k = 0; k < whole; k += 4) {
      const a = v128.load(source)
      const b = v128.load(source + step)
      const c = v128.load(source + 2 * step)
      const d = v128.load(source + 3 * step)
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
      const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
      const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
      v128.store(target, v128.shuffle<f64>(ab, cd, 0, 2))
      v128.store(target + line, v128.shuffle<f64>(ab, cd, 1, 3))
      v128.store(target + 2 * line, v128.shuffle<f64>(ab2, cd2, 0, 2))
      v128.store(target + 3 * line, v128.shuffle<f64>(ab2, cd2, 1, 3))
      source += 16
      target += 4 * line
    }
  }
  for (let k = whole; k < depth; k++) {
    for (let i = 0; i < width; i++) f32.store(to + k * line + (i << 2), f32.load(from + i * step + (k << 2)))
  }
}

/** Any panel, `count` of its neighbours present. */
function fillPanel(from: usize, count: i32, step: i32, depth: i32, stride: i32, width: i32, to: usize): void {
  for (let k = 0; k < depth; k++) {
    for (let i = 0; i < width; i++) {
      f32.store(to, i < count ? f32.load(from + i * step + k * stride) : 0)
      to += 4
    }
  }
}

/** A right factor for `multiply`: `columns` of it over `depth` entries, block after block. */
export function pack(from: usize, columns: i32, step: i32, depth: i32, stride: i32, to: usize): void {
  for (let k = 0; k < depth; k += blockDepth) {
    const deep = min(blockDepth, depth - k)
    packBlock(from + k * stride, columns, step, deep, stride, 8, to)
    to += usize(((columns + 7) & ~7) * deep) << 2
  }
}
