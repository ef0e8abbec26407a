import type { ImageRequest } from '../../model/image-request.ts'
import type {
  ArchiveInput,
  ArchiveOutput,
  ImageUsers,
  LoadOptions,
  PruneBuildCacheOptions,
  PruneImagesOptions,
  RemoveImagesOptions,
  SaveRequest,
} from '../../model/stored-image.ts'
import type { ImageStore } from '../image-store.ts'
import { imageSource } from './image/source/image-sources.ts'
import { isAnyProjectKept } from './state/is-any-project-kept.ts'
import type { Roots } from './state/layout.ts'
import { requireOwnFolders } from './state/require-own-folders.ts'

/** Returns the store of this machine. What works on it is loaded by the commands that need it. */
export function localImageStore(roots: Roots): ImageStore {
  return {
    list: async () => {
      requireOwnFolders(roots)
      const { listStoredImages } = await import('../../store/list-stored-images.ts')
      return listStoredImages(roots, await knownUsers(roots))
    },
    inspect: async (image: ImageRequest) => {
      requireOwnFolders(roots)
      const { inspectImage } = await import('../../store/inspect-image.ts')
      return inspectImage(roots, image, await knownUsers(roots))
    },
    tag: async (source: string, target: string) => {
      requireOwnFolders(roots)
      const { tagImage } = await import('../../store/tag-image.ts')
      return tagImage(roots, source, target)
    },
    remove: async (images: readonly ImageRequest[], { force }: RemoveImagesOptions) => {
      requireOwnFolders(roots)
      const { removeImages } = await import('../../store/remove-images.ts')
      return removeImages(roots, { images, force, readUsers: await usersReader(roots) })
    },
    prune: async (options: PruneImagesOptions) => {
      requireOwnFolders(roots)
      const { pruneImages } = await import('../../store/prune-images.ts')
      return pruneImages(roots, { ...options, readUsers: await usersReader(roots) })
    },
    pruneVolumes: async (options: { readonly all: boolean }) => {
      requireOwnFolders(roots)
      const { pruneVolumes } = await import('./volume/prune-volumes.ts')
      return pruneVolumes(roots, options)
    },
    pruneBuildCache: async (options: PruneBuildCacheOptions) => {
      requireOwnFolders(roots)
      const { pruneBuildCache } = await import('../../store/built/prune-build-cache.ts')
      return pruneBuildCache(roots, { ...options, readUsers: await usersReader(roots) })
    },
    usage: async () => {
      requireOwnFolders(roots)
      const { readDiskUsage } = await import('./observe/disk-usage.ts')
      return readDiskUsage(roots)
    },
    load: async (source: ArchiveInput, options: LoadOptions) => {
      requireOwnFolders(roots)
      const { loadImages } = await import('../../store/archive/load-images.ts')
      return loadImages(roots, source, { ...options, areLayersInUse: () => isAnyProjectKept(roots) })
    },
    save: async (request: SaveRequest, output: ArchiveOutput) => {
      requireOwnFolders(roots)
      const { saveImages } = await import('../../store/archive/save-images.ts')
      return saveImages(
        roots,
        { ...request, openSource: (image, label) => imageSource(roots, image).openFiles(label) },
        output,
      )
    },
  }
}

/** Returns who needs images, as far as records can be read: for what only looks. */
async function knownUsers(roots: Roots): Promise<ImageUsers> {
  const { imageUsersOf } = await import('./image/image-users.ts')
  const { readProjects } = await import('./state/read-projects.ts')
  return imageUsersOf(roots, readProjects(roots).records)
}

/**
 * Returns what reads who needs images. It throws `state-corrupt` or `state-version` for a record that cannot be read,
 * whose project might need anything.
 */
async function usersReader(roots: Roots): Promise<() => ImageUsers> {
  const { imageUsersOf } = await import('./image/image-users.ts')
  const { requireAllProjects } = await import('./state/read-projects.ts')
  return () => imageUsersOf(roots, requireAllProjects(roots))
}
