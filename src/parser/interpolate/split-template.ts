/**
 * Splits `text` at each `separator` that is outside of a braced variable: `a:${B:-c:d}` has two parts at colons. A
 * brace that is not closed reaches to the end.
 */
export function splitTemplate(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text.startsWith('${', index)) depth++
    else if (depth > 0 && text[index] === '}') depth--
    else if (depth === 0 && text[index] === separator) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}
