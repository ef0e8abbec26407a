/**
 * Splits a command line into words as a shell does, with quotes and backslashes, but expands nothing. Returns
 * undefined if a quote is not closed.
 */
export function splitCommand(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let index = 0
  while (index < line.length) {
    const character = line[index] ?? ''
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
      index++
      continue
    }
    const piece = readPiece(line, index)
    if (piece === undefined) return undefined
    word = (word ?? '') + piece.text
    index = piece.end
  }
  return word === undefined ? words : [...words, word]
}

interface Piece {
  readonly text: string
  readonly end: number
}

function readPiece(line: string, start: number): Piece | undefined {
  const character = line[start]
  if (character === "'") return readSingleQuoted(line, start)
  if (character === '"') return readDoubleQuoted(line, start)
  if (character === '\\') return { text: line[start + 1] ?? '', end: start + 2 }
  return { text: character ?? '', end: start + 1 }
}

function readSingleQuoted(line: string, start: number): Piece | undefined {
  const end = line.indexOf("'", start + 1)
  return end === -1 ? undefined : { text: line.slice(start + 1, end), end: end + 1 }
}

/** Between double quotes a backslash escapes only `"`, `\`, `$` and a backtick. */
function readDoubleQuoted(line: string, start: number): Piece | undefined {
  let text = ''
  for (let index = start + 1; index < line.length; index++) {
    const character = line[index] ?? ''
    if (character === '"') return { text, end: index + 1 }
    const next = line[index + 1]
    if (character === '\\' && next !== undefined && '"\\$`'.includes(next)) {
      text += next
      index++
    } else text += character
  }
  return undefined
}
