import about from '../../package.json' with { type: 'json' }

/** The version of Unroll, from package.json. */
export const version: string = about.version
