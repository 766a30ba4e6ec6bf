/**
 * Why a library cannot be loaded into this process, in the loader's words; undefined where it can. Node's loader of
 * addons asks the system's, with every path that it knows, and complains only then that the library is no addon.
 */
export function notLoadable(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library)
  } catch (error) {
    const { message } = error as Error
    return /self-register|entry point|register/i.test(message) ? undefined : message
  }
  return undefined
}
