/**
 * A path as the kernel sees it, one character per byte (latin1). File names are bytes: an archive may hold some that
 * are no UTF-8, and a string that went through UTF-8 would not name them any more.
 */
export type BytePath = string

const NOT_ASCII = /[^\0-\x7f]/

/** Returns what `node:fs` and koffi take for `path`. */
export function nativePath(path: BytePath): string | Buffer {
  return NOT_ASCII.test(path) ? Buffer.from(path, 'latin1') : path
}

/** Returns the bytes of `text`, an ordinary string. */
export function bytePath(text: string): BytePath {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

/** Returns `path` for people; bytes that are no UTF-8 become U+FFFD. */
export function displayPath(path: BytePath): string {
  return NOT_ASCII.test(path) ? Buffer.from(path, 'latin1').toString('utf8') : path
}
