import { TcomposeError } from '../../../base/tcompose-error.ts'
import { displayPath } from '../../../disk/byte-path.ts'
import { LayeredTree, pathInLayer, type TreeEntry } from '../../../disk/layered-tree.ts'
import type { Image } from '../../../model/image.ts'
import type { ImageMount } from '../../../model/mount.ts'
import { emptyLayer } from '../../../store/layers/layer-store.ts'
import { hostMount } from './host-mount.ts'
import { layersMount } from './layers-mount.ts'
import type { MountKind, MountPlace } from './mount-kind.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** The files of an image, read-only. Links on the way to the subpath are resolved inside the image. */
export const imageMount: MountKind<'image'> = {
  check(mount, { openImage }) {
    const image = openImage(mount.image)
    return image === undefined || findFiles(image, mount) !== undefined ? [] : [pathNotFound(mount)]
  },

  prepare: async () => {},

  resolve(mount, place) {
    const image = place.openImage(mount.image)
    const files = image === undefined ? undefined : findFiles(image, mount)
    if (image === undefined || files === undefined) throw pathNotFound(mount)
    const isFile = files.stats.isFile()
    return isFile || image.isFolder === true
      ? partOfLayer(files, mount)
      : overlayOf(foldersOf(image, files, mount), mount, place)
  },
}

/** Returns the folder or file of `image` that is to be mounted. */
function findFiles(image: Image, { subpath = '/' }: ImageMount): TreeEntry | undefined {
  const entry = new LayeredTree(image.layers).lookup(subpath)
  return entry?.stats.isFile() || entry?.stats.isDirectory() ? entry : undefined
}

function pathNotFound({ image, subpath, origin }: ImageMount): TcomposeError {
  return new TcomposeError(
    'image-path-not-found',
    `Cannot mount "${subpath}" of image "${image}": the image has no such folder or file`,
    { hint: 'Correct the subpath, or use an image that has it', origin },
  )
}

function partOfLayer(files: TreeEntry, { image, target, origin }: ImageMount): ResolvedMount {
  return hostMount({
    path: displayPath(files.layer) || '/',
    subpath: displayPath(pathInLayer(files)) || undefined,
    isFile: files.stats.isFile(),
    target,
    readOnly: true,
    recursive: false,
    isOfContainer: true,
    label: `image "${image}"`,
    origin,
  })
}

/** The lowest first. */
function foldersOf(image: Image, files: TreeEntry, { subpath }: ImageMount): readonly string[] {
  return subpath === undefined
    ? image.layers
    : files.folders.map(folder => displayPath(folder.hostPath)).toReversed()
}

/** What a layer removes is no file of the image, and overlayfs alone hides it. It wants two folders at the least. */
function overlayOf(
  folders: readonly string[],
  { image, target, origin }: ImageMount,
  { roots }: MountPlace,
): ResolvedMount {
  const layers = folders.length === 1 ? [emptyLayer(roots), ...folders] : folders
  return layersMount({ image, folders: layers, target, origin })
}
