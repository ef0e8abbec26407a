/** Colours for a terminal; each function returns its text unchanged if colours are off. */
export interface Palette {
  readonly green: Paint
  readonly red: Paint
  readonly yellow: Paint
  readonly blue: Paint
  readonly dim: Paint
}

export type Paint = (text: string) => string

/** Returns a palette, one of plain text unless `isColored`. */
export function paletteFor(isColored: boolean): Palette {
  const paint =
    (code: number): Paint =>
    text =>
      isColored ? `\u001b[${code}m${text}\u001b[0m` : text
  return { green: paint(32), red: paint(31), yellow: paint(33), blue: paint(34), dim: paint(2) }
}

const PREFIX_COLORS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

/** Returns the colour of the n-th log source, counted from 0; they repeat after ten. */
export function prefixPaint(index: number, isColored: boolean): Paint {
  const code = PREFIX_COLORS[index % PREFIX_COLORS.length]
  return text => (isColored ? `\u001b[${code}m${text}\u001b[0m` : text)
}
