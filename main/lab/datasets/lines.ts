/** Characters that are turned into bytes at once. */
const piece = 1 << 24

/** Lines as one text, which may be longer than a string can be. */
export function joinLines(lines: Iterable<string>): Uint8Array {
  const pieces: Uint8Array[] = []
  let text = ''
  for (const line of lines) {
    text += `${line}\n`
    if (text.length < piece) continue
    pieces.push(Buffer.from(text))
    text = ''
  }
  return Buffer.concat([...pieces, Buffer.from(text)])
}

const utf8 = new TextDecoder('utf-8')

/** A text's lines, one at a time. */
export function* linesOf(bytes: Uint8Array): Generator<string, undefined> {
  let from = 0
  while (from < bytes.length) {
    const end = bytes.indexOf(10, from)
    const to = end < 0 ? bytes.length : end
    yield utf8.decode(bytes.subarray(from, to))
    from = to + 1
  }
}
