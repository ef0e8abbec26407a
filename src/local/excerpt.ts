/** Where a text stands in answers that a load had: pieces of them, which are the text when joined. */
export type Excerpt = readonly (readonly [answer: number, start: number, end: number])[]

/** Returns where `content` stands in `answers`, as one piece or as lines of one indentation; undefined if it does not. */
export function findExcerpt(content: string, answers: readonly string[]): Excerpt | undefined {
  if (content === '') return []
  for (const [index, answer] of answers.entries()) {
    const start = answer.indexOf(content)
    if (start >= 0) return [[index, start, start + content.length]]
    const lines = indentedLines(content, answer)
    if (lines !== undefined) return lines.map(([from, to]) => [index, from, to])
  }
  return undefined
}

/** Returns the text that stands at `excerpt`. */
export function readExcerpt(excerpt: Excerpt, answers: readonly string[]): string {
  return excerpt.map(([index, start, end]) => answers[index]?.slice(start, end) ?? '').join('')
}

type Piece = readonly [start: number, end: number]

/** As YAML writes a block of text: each line behind the same blanks, but for empty ones. */
function indentedLines(content: string, text: string): readonly Piece[] | undefined {
  const lines = content.match(/[^\n]*\n|[^\n]+/g) ?? []
  const [first = ''] = lines
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
    const indent = start - (text.lastIndexOf('\n', start - 1) + 1)
    const pieces = piecesFrom(start, { lines, text, indent: ' '.repeat(indent) })
    if (pieces !== undefined) return pieces
  }
  return undefined
}

function piecesFrom(
  start: number,
  {
    lines,
    text,
    indent,
  }: { readonly lines: readonly string[]; readonly text: string; readonly indent: string },
): readonly Piece[] | undefined {
  const pieces: Piece[] = []
  let position = start
  for (const [index, line] of lines.entries()) {
    if (index > 0 && text.startsWith(indent, position)) position += indent.length
    if (!text.startsWith(line, position)) return undefined
    pieces.push([position, position + line.length])
    position += line.length
  }
  return pieces
}
