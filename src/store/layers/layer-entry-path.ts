import type { BytePath } from '../../disk/byte-path.ts'

const LONGEST_NAME = 4096

/**
 * Returns the name of an archive's entry as a path below the layer's folder: no leading or trailing slash, no `.`,
 * no empty part; the folder itself is the empty path.
 *
 * @throws {SyntaxError} If the name could lead anywhere else.
 */
export function layerEntryPath(name: BytePath): BytePath {
  if (name.length > LONGEST_NAME) throw new SyntaxError('its name has more than 4096 bytes')
  if (name.includes('\0')) throw new SyntaxError('its name has a NUL')
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  if (parts.includes('..')) throw new SyntaxError('its name leads out of the layer')
  if (name.startsWith('/') && parts.length > 0) {
    throw new SyntaxError('its name is absolute, expected one relative to the layer')
  }
  return parts.join('/')
}

/** Returns the folder that `path` is in, and its name there. */
export function splitEntryPath(path: BytePath): { readonly folder: BytePath; readonly name: BytePath } {
  const slash = path.lastIndexOf('/')
  return { folder: slash < 0 ? '' : path.slice(0, slash), name: path.slice(slash + 1) }
}
