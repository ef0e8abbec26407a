import type { Brand } from './brand.ts'

/** An absolute POSIX path with no `.`, `..` or empty segment, and no trailing slash but in `/`. */
export type AbsolutePath = Brand<string, 'AbsolutePath'>

/** @throws {SyntaxError} If `text` does not start with `/` or holds a NUL. */
export function parseAbsolutePath(text: string): AbsolutePath {
  if (!text.startsWith('/') || text.includes('\0')) {
    throw new SyntaxError(`Cannot use path "${text}": expected an absolute path`)
  }
  const segments: string[] = []
  for (const segment of text.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}` as AbsolutePath
}
