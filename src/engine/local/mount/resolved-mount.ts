import type { MountSpec } from '../../../oci/runtime-spec.ts'
import type { MountExtras } from '../../../runtime/launch/container-launch.ts'

/** A mount of a container whose source was found or made. */
export interface ResolvedMount {
  readonly mount: MountSpec
  readonly extras: MountExtras
  /** Its files are for the users of the container, whoever these are on the host. @default false: they are the host's */
  readonly isOfContainer?: true
  /** The owner of its files is to be the user of the container; see `matchOwners`. @default false */
  readonly matchesUser?: true
}
