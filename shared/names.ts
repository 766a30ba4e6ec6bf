/** The name itself, numbered where it is taken. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  const numbers = Array.from({ length: taken.length + 1 }, (_, index) => `${name} ${index + 2}`)
  return numbers.find((candidate) => !taken.includes(candidate)) ?? name
}
