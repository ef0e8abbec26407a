const VALUES: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map(text => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map(text => [text, false] as const),
])

/** Returns what Go's `strconv.ParseBool` makes of `text`; undefined if that is an error. */
export function parseGoBool(text: string): boolean | undefined {
  return VALUES.get(text)
}
