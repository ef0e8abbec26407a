/** A range of text in a file, or a whole file. Lines and columns are 1-based; the end is exclusive. */
export interface SourceSpan {
  /** The path as the user named it, or `-` for standard input. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** The same place in a text that is a value of the file, e.g. `dockerfile_inline:3`. */
  readonly within?: string
}

/** Returns `compose.yaml:12:9`, or `compose.yaml:12:9 (dockerfile_inline:3)`. */
export function formatSpan(span: SourceSpan): string {
  const place = `${span.file}:${span.line}:${span.column}`
  return span.within === undefined ? place : `${place} (${span.within})`
}
