/** Rows by length as at most `most` bars of equal width in steps; lengths that no row has are bars of height 0. */
export function lengthBars(
  lengths: readonly (readonly [steps: number, rows: number])[],
  most: number,
): { readonly from: number; readonly to: number; readonly rows: number }[] {
  const [low, high] = [lengths[0]?.[0], lengths.at(-1)?.[0]]
  if (low === undefined || high === undefined) return []
  const width = Math.ceil((high - low + 1) / most)
  const bars = Array.from({ length: Math.ceil((high - low + 1) / width) }, (_, k) => ({
    from: low + k * width,
    to: Math.min(high, low + (k + 1) * width - 1),
    rows: 0,
  }))
  for (const [steps, rows] of lengths) {
    const bar = bars[Math.floor((steps - low) / width)]
    if (bar) bar.rows += rows
  }
  return bars
}
