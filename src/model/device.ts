import type { ModelPath } from '../base/model-path.ts'

/** A device that a service asks for. */
export type Device = PathDevice | CdiDevice

/** A device node of the host, or a folder of them, by its path. */
export interface PathDevice {
  readonly kind: 'path'
  /** Absolute. */
  readonly source: string
  /** Where the container has it: absolute and clean. */
  readonly target: string
  /** Of `r`, `w` and `m`. */
  readonly permissions: string
  readonly origin: ModelPath
}

/** A device that a specification of the Container Device Interface describes. */
export interface CdiDevice {
  readonly kind: 'cdi'
  /** `vendor.com/class=name`. */
  readonly name: string
  readonly origin: ModelPath
}
