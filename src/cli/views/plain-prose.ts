/** How prose is shown. */
export interface ProseOptions {
  readonly isColored: boolean
  /** Lines are wrapped at this many columns. */
  readonly width: number
}

/** Formats a section of Markdown for a terminal: its heading first, strong words bold if colours are on. */
export function plainProse(section: string, { isColored, width }: ProseOptions): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text)
  const [heading = '', ...blocks] = section.trimEnd().split(/\n{2,}/)
  const shown = blocks.map(block =>
    filled(block, width)
      .replaceAll(/\*\*([^*]+)\*\*/g, (_strong, words: string) => bold(words))
      .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1'),
  )
  return `${[bold(heading), ...shown].join('\n\n')}\n`
}

/** Lists, tables and code keep their line breaks. */
function filled(block: string, width: number): string {
  if (/^(?: {4}|```|\||- |\d+\. )/m.test(block)) return block
  const lines: string[] = []
  for (const word of block.split(/\s+/)) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}
