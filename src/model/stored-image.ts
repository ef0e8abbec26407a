import type { Digest } from '../base/digest.ts'
import type { ImageRequest } from './image-request.ts'

/** An image of the store. */
export interface StoredImage {
  readonly id: Digest
  /** Sorted; none for an image whose names moved to others. */
  readonly names: readonly ImageName[]
  /** Bytes of its unpacked layers. */
  readonly size: number
  /** Bytes that no other image needs. */
  readonly uniqueSize: number
  /** Milliseconds since the epoch, as the image says. */
  readonly createdAt: number | undefined
  /** E.g. `linux/arm64/v8`; undefined where the image does not say. */
  readonly platform: string | undefined
  readonly labels: ReadonlyMap<string, string>
  readonly containers: readonly ImageUser[]
}

/** One name of an image. Its platform is there where that is not the machine's own. */
export interface ImageName extends ImageRequest {
  /** By which a registry knows it. */
  readonly digest: Digest | undefined
  /** When it was given to the image, milliseconds since the epoch. */
  readonly givenAt: number | undefined
}

/** A container that needs an image. */
export interface ImageUser {
  readonly project: string
  readonly container: string
}

/** Which containers need an image, by its id. */
export type ImageUsers = ReadonlyMap<Digest, readonly ImageUser[]>

/** An image with all that its configuration says. */
export interface ImageDetails extends StoredImage {
  /** The configuration as it came, or undefined where it is not kept. */
  readonly document: Readonly<Record<string, unknown>> | undefined
  /** Digests of the unpacked layers, the lowest first. */
  readonly layers: readonly Digest[]
  readonly manifest: Digest | undefined
}

export interface RemoveImagesOptions {
  /** Untag it even while a container needs the image, which stays then. */
  readonly force: boolean
}

/** Which images may go. */
export interface PruneImagesOptions {
  /** Also images that have a name. */
  readonly all: boolean
  /** Only images made before, milliseconds since the epoch. */
  readonly until?: number
}

/** What was removed. */
export interface RemovedImages {
  /** Names that were untagged. */
  readonly untagged: readonly ImageRequest[]
  readonly deleted: readonly Digest[]
  /** What else went, for a line each, e.g. `partial download sha256:...`. */
  readonly leftovers: readonly string[]
  readonly bytes: number
}

export interface RemovedVolumes {
  readonly names: readonly string[]
  readonly bytes: number
}

/** What images take up. */
export interface ImageUsage {
  readonly images: readonly StoredImage[]
  /** Layers and blobs of images, bytes: unpacked, packed, and what no image needs. */
  readonly layers: { readonly bytes: number; readonly reclaimable: number }
  readonly blobs: { readonly bytes: number; readonly reclaimable: number }
  /** Downloads in progress or interrupted. */
  readonly downloads: {
    readonly count: number
    /** Those in progress. */
    readonly active: number
    readonly bytes: number
    /** Bytes of the others. */
    readonly reclaimable: number
  }
  readonly buildCache: BuildCacheUsage
}

/** What builds keep for the next ones: results of steps, and folders of `RUN --mount=type=cache`. */
export interface BuildCacheUsage {
  /** Steps and folders. */
  readonly count: number
  /** Steps whose layers images have too, and folders that a command uses at this moment. */
  readonly active: number
  /** Bytes that no image has. */
  readonly bytes: number
  /** Bytes that `pruneBuildCache` of all would free now. */
  readonly reclaimable: number
}

/** What builds may forget. What is in use stays. */
export interface PruneBuildCacheOptions {
  /** Also steps whose layers images have, which frees nothing. */
  readonly all: boolean
  /** Only what was not used since, milliseconds since the epoch. */
  readonly until?: number
  /** What was used last stays up to so many bytes. @default 0 */
  readonly keepBytes?: number
}

/** What builds forgot. */
export interface PrunedBuildCache {
  readonly steps: number
  /** Folders of `RUN --mount=type=cache`. */
  readonly folders: number
  readonly bytes: number
}

/** What an engine takes up on its disk. */
export interface StoreUsage extends ImageUsage {
  readonly containers: readonly ContainerUsage[]
  readonly volumes: readonly VolumeUsage[]
}

/** A container's writable layer. */
export interface ContainerUsage {
  readonly id: string
  readonly project: string
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly createdAt: number
  readonly isRunning: boolean
  readonly volumes: number
  readonly bytes: number
}

export interface VolumeUsage {
  readonly name: string
  /** Containers that mount it. */
  readonly links: number
  readonly bytes: number
}

/** Where an archive is read from: a file, or bytes as they come. */
export type ArchiveInput =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Buffer> }

export interface LoadOptions {
  readonly signal: AbortSignal
  readonly onProgress: (image: string, bytesDone: number, bytesTotal: number) => void
}

/** An image that an archive held. `names` are those that it has in the archive. */
export interface LoadedImage {
  readonly id: Digest
  readonly names: readonly ImageRequest[]
}

export interface SaveRequest {
  /** Names or ids; a name as `image ls` shows it may hold the platform. */
  readonly images: readonly ImageRequest[]
  readonly format: ArchiveFormat
  readonly signal: AbortSignal
}

/** `oci`: an image layout that Docker reads, too. `docker`: what `docker save` wrote before it knew OCI. */
export type ArchiveFormat = 'oci' | 'docker'

/** Where an archive goes. Resolves when more may come. */
export type ArchiveOutput = (chunk: Uint8Array) => Promise<void>
