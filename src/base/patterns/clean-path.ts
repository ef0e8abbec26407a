/**
 * Returns the shortest path that means the same as `path` by its text alone, as path.Clean of Go: no `.`, no empty
 * part, no `..` but at the start of a relative path, no slash at the end. An empty path is `.`.
 */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (!isAbsolute) parts.push(part)
  }
  const text = parts.join('/')
  return isAbsolute ? `/${text}` : text || '.'
}
