/** Several text files in one: a comment, then each file after a line `-- PATH --`, in the manner of Go's txtar. */
export interface TextArchive {
  readonly comment: string
  /** Contents by path. Each is empty or ends with a newline. */
  readonly files: ReadonlyMap<string, string>
}

/** Splits a text archive. A path may hold anything but a line end; a file may hold no line that looks like a marker. */
export function parseTextArchive(text: string): TextArchive {
  const [comment = '', ...rest] = text.split(/^-- (.+) --\n/m)
  const files = new Map<string, string>()
  for (let index = 0; index < rest.length; index += 2) files.set(rest[index] ?? '', rest[index + 1] ?? '')
  return { comment: comment.trim(), files }
}
