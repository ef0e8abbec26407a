/**
 * Returns the lines that a terminal of `rows` lines shows after `text`, those that have scrolled off the top first. It
 * knows line feeds, carriage returns, the cursor going up, clearing to the end of a line, and colours, which it drops.
 */
export function linesOnScreen(text: string, rows: number): readonly string[] {
  const lines = ['']
  let row = 0
  let column = 0
  for (const [token, count] of text.matchAll(TOKENS)) {
    if (token === '\n') row += 1
    else if (token === '\r') column = 0
    else if (count !== undefined) row = Math.max(0, lines.length - rows, row - Number(count))
    else if (token === CLEAR_REST) lines[row] = (lines[row] ?? '').slice(0, column)
    else if (!token.startsWith('\u001b')) {
      lines[row] = overwritten(lines[row] ?? '', column, token)
      column += token.length
    }
    lines[row] ??= ''
  }
  return lines
}

const CLEAR_REST = '\u001b[K'
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what steers a terminal
const TOKENS = /\u001b\[(\d+)A|\u001b\[K|\u001b\[[\d;]*m|\n|\r|[^\u001b\n\r]/g

function overwritten(line: string, column: number, text: string): string {
  return line.slice(0, column) + text + line.slice(column + text.length)
}
