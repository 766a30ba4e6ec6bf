/** How often each class was answered to each true one: [truth][answered]. Ids outside of `classes` are left out. */
export function confusion(targets: ArrayLike<number>, outputs: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array<number>(classes).fill(0))
  for (let k = 0; k < targets.length; k += 1) {
    const row = counts[targets[k] as number]
    const answered = outputs[k] as number
    if (row?.[answered] !== undefined) row[answered] += 1
  }
  return counts
}
