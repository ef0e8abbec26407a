import { parseAbsolutePath } from '../../base/absolute-path.ts'

/**
 * Returns an absolute path in a container without `.`, `..` and needless slashes. What does not begin with a slash, or
 * holds a variable still, stays as it is.
 */
export function cleanPath(path: string): string {
  return /^\/[^$\0]*$/.test(path) ? parseAbsolutePath(path) : path
}
