import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Bytes } from '../base/bytes.ts'
import type { ModelPath } from '../base/model-path.ts'

export type BindPropagation = 'rprivate' | 'private' | 'rshared' | 'shared' | 'rslave' | 'slave'

/** The kinds of mounts. What is done with each is a table over these names, in which none can be forgotten. */
export interface MountTypes {
  readonly bind: BindMount
  readonly volume: VolumeMount
  readonly tmpfs: TmpfsMount
  readonly image: ImageMount
}

/** Something mounted into a container at `target`. */
export type Mount<Kind extends keyof MountTypes = keyof MountTypes> = {
  [Each in Kind]: MountTypes[Each] & { readonly kind: Each }
}[Kind]

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
  /** Create a missing source as a folder. */
  readonly createHostPath: boolean
  readonly propagation: BindPropagation
  /** Include the mounts below the source. */
  readonly recursive: boolean
  /** What the container's user makes there belongs to who runs tcompose, and what that user has is the container's. @default false */
  readonly matchesUser?: true
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
  /** Of an anonymous volume. @default none */
  readonly labels?: ReadonlyMap<string, string>
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

/** What a mount is made of, each by the name that the file has for it. */
export interface MountNeeds {
  /** Paths of the host. */
  readonly paths: readonly string[]
  /** Keys of the project's volumes. */
  readonly volumes: readonly string[]
  /** References of images. */
  readonly images: readonly string[]
}

const NOTHING: MountNeeds = { paths: [], volumes: [], images: [] }

const NEEDS: { readonly [Kind in keyof MountTypes]: (mount: Mount<Kind>) => MountNeeds } = {
  bind: ({ source }) => ({ ...NOTHING, paths: [source] }),
  volume: ({ volume }) => ({ ...NOTHING, volumes: volume === undefined ? [] : [volume] }),
  tmpfs: () => NOTHING,
  image: ({ image }) => ({ ...NOTHING, images: [image] }),
}

/** The kinds of mounts by name. */
export const MOUNT_KINDS: readonly string[] = Object.keys(NEEDS)

/** Tells whether `name` is a kind of mounts. */
export function isMountKind(name: string): name is keyof MountTypes {
  return Object.hasOwn(NEEDS, name)
}

/** Returns what `mount` is made of; of an anonymous volume, which the project has no name for, nothing. */
export function mountNeeds<Kind extends keyof MountTypes>(mount: Mount<Kind>): MountNeeds {
  return NEEDS[mount.kind](mount)
}

/** Tells whether `mount` asks for a volume of the container's own. */
export function isAnonymousVolume(mount: Mount): mount is Mount<'volume'> {
  return mount.kind === 'volume' && mount.volume === undefined
}
