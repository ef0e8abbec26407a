import { cleanPath } from '../../base/patterns/clean-path.ts'

/**
 * Returns the absolute path that `path` is in the folder `base`, without `.`, `..` and needless slashes; `..` ends at the
 * root. An empty path is `base`.
 */
export function joinPath(base: string, path: string): string {
  return cleanPath(path.startsWith('/') ? path : `/${base}/${path}`)
}
