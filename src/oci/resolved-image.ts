import type { Member } from '../archive/content-source.ts'
import type { Digest } from '../base/digest.ts'
import type { PlatformName } from '../model/platform.ts'

/** An image of a source: what to read to have it. */
export interface ResolvedImage {
  /** Digest of the configuration. */
  readonly id: Digest
  readonly config: Member
  /** Undefined where the source has none, as an archive of old. */
  readonly manifest?: Member
  /** Blobs, the lowest layer first. */
  readonly layers: readonly Member[]
}

/** Which image of a source is wanted. */
export interface ImageChoice {
  /** As the user wrote it, for errors. */
  readonly reference: string
  readonly tag: string | undefined
  readonly platform: PlatformName
}
