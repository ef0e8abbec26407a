import type { Digest } from '../../base/digest.ts'
import type { ImageContent } from '../images/image-record.ts'
import type { Lease } from '../lease.ts'
import type { StorePaths } from '../store-paths.ts'
import { storeCoverLayer } from './cover-layer.ts'

/**
 * Returns what a mount of an image takes that consists of `diffIds`, the lowest first, which the store has unpacked.
 *
 * @param lease Keeps the cover until a record names it.
 */
export async function layersContent(
  paths: StorePaths,
  diffIds: readonly Digest[],
  lease: Lease,
): Promise<Extract<ImageContent, { kind: 'layers' }>> {
  const own = topmost(diffIds)
  const cover = await storeCoverLayer(paths, own, lease)
  return { kind: 'layers', diffIds: own, ...(cover !== undefined && { cover }) }
}

/**
 * Leaves one of several equal layers, the topmost: it covers what the lower ones hold, and overlayfs refuses a folder
 * that comes twice (ELOOP).
 */
function topmost(diffIds: readonly Digest[]): readonly Digest[] {
  return diffIds.filter((diffId, index) => diffIds.lastIndexOf(diffId) === index)
}
