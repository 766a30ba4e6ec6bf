/** What a wheel's file name says: `{name}-{version}-{python}-{abi}-{platforms}.whl` (PEP 427). */
export interface WheelName {
  /** With "-" between words, as pip names it. */
  readonly name: string
  readonly version: string
  readonly python: string
  readonly abi: string
  readonly platforms: readonly string[]
}

/** Undefined for what is no wheel's name. A build number between version and python is passed over. */
export function parseWheelName(file: string): WheelName | undefined {
  const parts = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file)
  if (!parts) return undefined
  const [, name, version, python, abi, platforms] = parts as unknown as [string, string, string, string, string, string]
  return { name: name.toLowerCase().replaceAll(/[_.]+/g, '-'), version, python, abi, platforms: platforms.split('.') }
}
