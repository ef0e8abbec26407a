/** Tells whether Go's `unicode.IsSpace` holds of a character, given as its code. JavaScript's `\s` differs. */
export function isGoSpace(code: number): boolean {
  if (code <= 0xff) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0x85 || code === 0xa0
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** Returns the index of the first character from `start` on that is no space; `end` if all are. */
export function skipSpace(text: string, start: number, end: number = text.length): number {
  let index = start
  while (index < end && isGoSpace(text.charCodeAt(index))) index++
  return index
}

/** Returns the index behind the last character before `end` that is no space; `start` if all are. */
export function trimSpaceEnd(text: string, start: number, end: number = text.length): number {
  let index = end
  while (index > start && isGoSpace(text.charCodeAt(index - 1))) index--
  return index
}

/** Returns `text` without spaces at both ends. */
export function trimGoSpace(text: string): string {
  const start = skipSpace(text, 0)
  return text.slice(start, trimSpaceEnd(text, start))
}
