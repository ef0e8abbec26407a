import type { BytePath } from '../../../../disk/byte-path.ts'
import { getXattr, listXattrs } from '../../../../disk/inode.ts'
import { isImageXattr } from '../../../../store/layers/image-xattr.ts'

/**
 * Returns the extended attributes of `path` itself that belong to an image: names and values (base64), sorted by name.
 */
export function imageXattrs(path: BytePath): readonly (readonly [string, string])[] {
  const names = listXattrs(path)
  if (names.length === 0) return []
  return names
    .filter(isImageXattr)
    .toSorted()
    .map(name => [name, getXattr(path, name)?.toString('base64') ?? ''] as const)
}
