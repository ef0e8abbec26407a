import type { ImageRequest } from '../../model/image-request.ts'
import type {
  ArchiveInput,
  ArchiveOutput,
  LoadOptions,
  PruneImagesOptions,
  RemoveImagesOptions,
  SaveRequest,
} from '../../model/stored-image.ts'
import type { ImageStore } from '../image-store.ts'
import { isAnyProjectKept } from './state/is-any-project-kept.ts'
import type { Roots } from './state/layout.ts'
import { requireOwnFolders } from './state/require-own-folders.ts'

/** Returns the store of this machine. What works on it is loaded by the commands that need it. */
export function localImageStore(roots: Roots): ImageStore {
  const working = async () => {
    requireOwnFolders(roots)
    const work = await import('./store-work.ts')
    return {
      ...work,
      /** As far as records can be read: for what only looks. */
      knownUsers: () => work.imageUsersOf(roots, work.readProjects(roots).records),
      /** @throws {TcomposeError} `state-corrupt` or `state-version`: what cannot be read might need anything. */
      readUsers: () => work.imageUsersOf(roots, work.requireAllProjects(roots)),
    }
  }
  return {
    list: async () => {
      const { listStoredImages, knownUsers } = await working()
      return listStoredImages(roots, knownUsers())
    },
    inspect: async (image: ImageRequest) => {
      const { inspectImage, knownUsers } = await working()
      return inspectImage(roots, image, knownUsers())
    },
    tag: async (source: string, target: string) => (await working()).tagImage(roots, source, target),
    remove: async (images: readonly ImageRequest[], { force }: RemoveImagesOptions) => {
      const { removeImages, readUsers } = await working()
      return await removeImages(roots, { images, force, readUsers })
    },
    prune: async (options: PruneImagesOptions) => {
      const { pruneImages, readUsers } = await working()
      return await pruneImages(roots, { ...options, readUsers })
    },
    pruneVolumes: async (options: { readonly all: boolean }) =>
      (await working()).pruneVolumes(roots, options),
    usage: async () => (await working()).readDiskUsage(roots),
    load: async (source: ArchiveInput, options: LoadOptions) =>
      (await working()).loadImages(roots, source, {
        ...options,
        areLayersInUse: () => isAnyProjectKept(roots),
      }),
    save: async (request: SaveRequest, output: ArchiveOutput) =>
      (await working()).saveImages(roots, request, output),
  }
}
