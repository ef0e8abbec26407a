import type { SourceEntry } from './source-tree.ts'

/** Returns those of the extended attributes of an original that a copy has: BuildKit drops all but capabilities. */
export function copiedXattrs(xattrs: SourceEntry['xattrs']): SourceEntry['xattrs'] {
  return xattrs.length === 0 ? xattrs : xattrs.filter(([name]) => name === 'security.capability')
}
