import { posix } from 'node:path'
import type { ModelPath } from '../../../base/model-path.ts'
import type { BindPropagation } from '../../../model/mount.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** A part of the host to show in a container. */
export interface HostMount {
  /** A folder or file that exists. */
  readonly path: string
  /** What to mount of the folder `path`, relative; containers can change what lies below. @default all of it */
  readonly subpath?: string | undefined
  readonly isFile: boolean
  readonly target: string
  readonly readOnly: boolean
  /** Take the mounts below along. */
  readonly recursive: boolean
  /** @default 'rprivate' */
  readonly propagation?: BindPropagation
  /** Its files are for the users of the container. @default false */
  readonly isOfContainer?: true
  /** What the user calls it. @default its path */
  readonly label?: string
  readonly origin?: ModelPath
}

/** Returns the bind of a part of the host. */
export function hostMount(part: HostMount): ResolvedMount {
  const { path, subpath, isFile, target, recursive, propagation = 'rprivate', label = path, origin } = part
  return {
    ...(part.isOfContainer === true && { isOfContainer: true }),
    mount: {
      destination: target,
      type: 'bind',
      source: subpath === undefined ? path : posix.join(path, subpath),
      options: [recursive ? 'rbind' : 'bind', accessOf(part), propagation],
    },
    extras: {
      label,
      origin,
      files: {
        kind: 'host',
        isFile,
        beneath: subpath === undefined ? undefined : { root: path, path: subpath },
      },
    },
  }
}

/** Mounts that come along are read-only too. */
function accessOf({ readOnly, recursive }: HostMount): string {
  if (!readOnly) return 'rw'
  return recursive ? 'rro' : 'ro'
}
