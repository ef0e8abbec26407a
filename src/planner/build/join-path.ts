/**
 * Returns the absolute path that `path` is in the folder `base`, without `.`, `..` and needless slashes; `..` ends at the
 * root. An empty path is `base`.
 */
export function joinPath(base: string, path: string): string {
  const whole = path.startsWith('/') ? path : `${base}/${path}`
  const parts: string[] = []
  for (const part of whole.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
