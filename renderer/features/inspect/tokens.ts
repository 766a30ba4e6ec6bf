/** A character as it can be seen: spaces and line breaks get a sign. */
export const readable = (token: string): string =>
  token === ' ' ? '␣' : token === '\n' ? '↵' : token === '\t' ? '⇥' : token
