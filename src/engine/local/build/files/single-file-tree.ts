import { type BytePath, bytePath } from '../../../../disk/byte-path.ts'
import type { SourceEntry, SourceTree } from './source-tree.ts'

/** A file of the host that is to be copied under a name of its own. */
export interface SingleFile {
  readonly hostPath: string
  readonly name: string
  readonly mode: number
  readonly size: number
  /** Hex digits. */
  readonly sha256: string
}

/** Returns a tree whose root is a file of root's. */
export function singleFileTree({ hostPath, name, mode, size, sha256 }: SingleFile): SourceTree {
  const path = bytePath(name)
  const root: SourceEntry = {
    ...{ path, kind: 'file', mode, uid: 0, gid: 0, size },
    ...{ target: undefined, device: undefined, xattrs: [] },
  }
  return {
    root,
    child: () => undefined,
    children: () => [],
    sha256Of: () => sha256,
    load: async () => {},
    hostPathOf: (): BytePath => bytePath(hostPath),
    factsOf: () => undefined,
    isUnchanged: (_file, stats) => stats.size === BigInt(size),
    reasonForAbsence: () => undefined,
  }
}
