/** Returns a section of Markdown as it reads in a terminal: its heading first, strong words bold where there is colour. */
export function plainProse(section: string, isColored: boolean): string {
  const bold = (text: string): string => (isColored ? `\u001b[1m${text}\u001b[0m` : text)
  const [heading = '', ...lines] = section.split('\n')
  const body = lines.map(line =>
    line
      .replaceAll(/\*\*([^*]+)\*\*/g, (_strong, words: string) => bold(words))
      .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1'),
  )
  return `${[bold(heading), ...body].join('\n').trimEnd()}\n`
}
