import { isGoSpace } from './go-space.ts'
import { skipPiece } from './shell-words.ts'

/** The word that begins a here-document, such as `<<-"EOF"` or `3<<EOF`. */
export interface HeredocWord {
  /** The line that ends it. */
  readonly name: string
  /** False where the word is quoted. */
  readonly isExpanded: boolean
  /** Whether it begins with `<<-`. */
  readonly stripsTabs: boolean
}

/** Returns what `word` says if it begins a here-document. */
export function readHeredocWord(word: string): HeredocWord | undefined {
  const sign = /^\d*<<-?/.exec(word)?.[0]
  if (sign === undefined || word.includes('<', sign.length)) return undefined
  const unquoted = unquote(word.slice(sign.length).replace(/^[ \t\r\n\f]+/, ''))
  if (unquoted === undefined || unquoted.text === '') return undefined
  return { name: unquoted.text, isExpanded: !unquoted.hasQuotes, stripsTabs: sign.endsWith('-') }
}

interface Unquoted {
  readonly text: string
  readonly hasQuotes: boolean
}

/** Returns undefined if `text` is not one word. */
function unquote(text: string): Unquoted | undefined {
  let result = ''
  let hasQuotes = false
  let index = 0
  while (index < text.length) {
    if (isGoSpace(text.charCodeAt(index))) return undefined
    const end = skipPiece(text, index)
    if (end === undefined) return undefined
    const piece = text.slice(index, end)
    hasQuotes ||= piece[0] === '"' || piece[0] === "'"
    result += unquotePiece(piece)
    index = end
  }
  return { text: result, hasQuotes }
}

function unquotePiece(piece: string): string {
  switch (piece[0]) {
    case "'":
      return piece.slice(1, -1)
    case '"':
      return piece.slice(1, -1).replaceAll(/\\(["$\\])/g, '$1')
    case '\\':
      return piece.slice(1)
    default:
      return piece
  }
}
