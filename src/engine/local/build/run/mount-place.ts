import type { Roots } from '../../state/layout.ts'

/** Where a mount of a step is made. */
export interface MountPlace {
  readonly roots: Roots
  /** Its own folder on the filesystem of the layers: absent, made where it is needed, removed after the step. */
  readonly folder: string
}
