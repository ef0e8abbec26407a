import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Bytes } from '../base/bytes.ts'
import type { ModelPath } from '../base/model-path.ts'

export type BindPropagation = 'rprivate' | 'private' | 'rshared' | 'shared' | 'rslave' | 'slave'

/** Something mounted into a container at `target`. */
export type Mount = BindMount | VolumeMount | TmpfsMount | ImageMount

/** What every mount has. */
interface Placed {
  readonly target: AbsolutePath
  /** What of the document asks for it, e.g. `services.db.tmpfs.0`. */
  readonly origin: ModelPath
}

export interface BindMount extends Placed {
  readonly kind: 'bind'
  readonly source: AbsolutePath
  readonly readOnly: boolean
  /** Make a missing source as a folder. */
  readonly createHostPath: boolean
  readonly propagation: BindPropagation
  /** Take the mounts below the source along. */
  readonly recursive: boolean
}

export interface VolumeMount extends Placed {
  readonly kind: 'volume'
  /** Key of the project's volume, or undefined for an anonymous one. */
  readonly volume: string | undefined
  readonly readOnly: boolean
  /** Leave a new volume empty instead of filling it with the image's content at the target. */
  readonly nocopy: boolean
  /** A folder inside the volume, relative. */
  readonly subpath: string | undefined
}

export interface TmpfsMount extends Placed {
  readonly kind: 'tmpfs'
  readonly size: Bytes | undefined
  /** Permission bits, e.g. 0o1777. */
  readonly mode: number | undefined
  /** Further mount options as written, e.g. `uid=1000`, `noexec`. */
  readonly options: readonly string[]
}

/** The files of an image, read-only. */
export interface ImageMount extends Placed {
  readonly kind: 'image'
  /** The image reference as the file has it, with relative paths of local sources made absolute. */
  readonly image: string
  /** A folder or a file inside the image. */
  readonly subpath: string | undefined
}
