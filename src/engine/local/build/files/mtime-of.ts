import { lstatSync } from 'node:fs'
import { nativePath } from '../../../../disk/byte-path.ts'
import type { SourceEntry, SourceTree } from './source-tree.ts'

/** Returns when something was changed last before it was looked at, nanoseconds since the epoch; that for the root of no layers. */
export function mtimeOf(tree: SourceTree, entry: SourceEntry): bigint {
  const known = tree.factsOf(entry)
  if (known !== undefined) return known.mtimeNs
  const hostPath = tree.hostPathOf(entry)
  return hostPath === '' ? 0n : lstatSync(nativePath(hostPath), { bigint: true }).mtimeNs
}
