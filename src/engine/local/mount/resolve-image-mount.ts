import { TcomposeError } from '../../../base/tcompose-error.ts'
import { displayPath } from '../../../disk/byte-path.ts'
import { LayeredTree, pathInLayer } from '../../../disk/layered-tree.ts'
import type { Image } from '../../../model/image.ts'
import type { ImageMount } from '../../../model/mount.ts'
import type { ResolvedMount } from '../../../runtime/launch/container-input.ts'
import { emptyLayer } from '../../../store/layers/layer-store.ts'
import type { Roots } from '../state/layout.ts'

/**
 * Returns the files of `opened` that the mount shows. Links on the way to the subpath are resolved inside the image.
 *
 * @throws {TcomposeError} `image-path-not-found`.
 */
export function resolveImageMount(
  roots: Roots,
  { image, target, subpath, origin }: ImageMount,
  opened: Image,
): ResolvedMount {
  const entry = new LayeredTree(opened.layers).lookup(subpath ?? '/')
  const isFile = entry?.stats.isFile() === true
  if (entry === undefined || !(isFile || entry.stats.isDirectory())) {
    throw new TcomposeError(
      'image-path-not-found',
      `Cannot mount "${subpath}" of image "${image}": the image has no such folder or file`,
      { hint: 'Correct the subpath, or use an image that has it', origin },
    )
  }
  if (isFile || opened.isFolder === true) {
    return {
      kind: 'bind',
      hostPath: displayPath(entry.layer) || '/',
      subpath: displayPath(pathInLayer(entry)) || undefined,
      isFile,
      target,
      readOnly: true,
      recursive: false,
      propagation: 'rprivate',
      label: `image "${image}"`,
      origin,
    }
  }
  const folders =
    subpath === undefined
      ? opened.layers
      : entry.folders.map(folder => displayPath(folder.hostPath)).toReversed()
  // What a layer removes is no file of the image, and overlayfs alone hides it. It wants two folders at the least.
  return {
    kind: 'image',
    image,
    folders: folders.length === 1 ? [emptyLayer(roots), ...folders] : folders,
    target,
    origin,
  }
}
