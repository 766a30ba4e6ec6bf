/**
 * Numbers that JSON has no word for, as history.csv writes them too: a loss that overflowed is a result, and
 * neither nothing nor a null.
 */
export function numberName(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? 'inf' : '-inf'
}

/** JSON with `"nan"`, `"inf"` and `"-inf"`, as text, for numbers that are not finite. */
export function toJson(value: unknown, indent?: number): string {
  const named = (_key: string, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? numberName(part) : part
  return JSON.stringify(value, named, indent)
}
