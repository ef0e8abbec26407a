import type { Bytes } from '../base/bytes.ts'
import type { LogTarget } from './log-target.ts'

/** What becomes of a service's output. */
export type Logging =
  /** Kept with the container. */
  | {
      readonly kind: 'file'
      /** @default it is one file that grows without end */
      readonly limits?: LogLimits
      /** Whether full files are compressed. */
      readonly isPacked: boolean
      /** @default lines go nowhere else */
      readonly target?: LogTarget
    }
  /** Nothing is kept. */
  | { readonly kind: 'none' }

/** How much of a container's output is kept. */
export interface LogLimits {
  /** Of each file. */
  readonly maxBytes: Bytes
  /** Counts the one that is written to, so 1 keeps no full one. */
  readonly maxFiles: number
}
