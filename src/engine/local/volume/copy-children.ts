import { bytePath } from '../../../disk/byte-path.ts'
import { childrenOf, type TreeEntry } from '../../../disk/layered-tree.ts'
import { copyEntry, type LinkTable } from './copy-entry.ts'

/** How long the event loop may be blocked, in milliseconds. */
const SLICE_MS = 8

/** Copies what is in `folder` into the folder `copy`, as `copyEntry` does each, and gives way to the event loop. */
export async function copyChildren(folder: TreeEntry, copy: string): Promise<void> {
  const links: LinkTable = new Map()
  let sliceEnd = performance.now() + SLICE_MS
  for (const child of childrenOf(folder)) {
    for (const _ of copyEntry(child, `${bytePath(copy)}/${child.name}`, links)) {
      if (performance.now() < sliceEnd) continue
      await new Promise(resolve => setImmediate(resolve))
      sliceEnd = performance.now() + SLICE_MS
    }
  }
}
