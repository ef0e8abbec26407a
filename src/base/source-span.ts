/** A range of text in a file, or a whole file. Lines and columns are 1-based; the end is exclusive. */
export interface SourceSpan {
  /** The path as the user named it, or `-` for standard input. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** Returns `compose.yaml:12:9`. */
export function formatSpan(span: SourceSpan): string {
  return `${span.file}:${span.line}:${span.column}`
}
