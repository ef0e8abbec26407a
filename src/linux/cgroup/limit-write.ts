import type { ResourceLimits } from '../../model/service.ts'

/** A file of a cgroup folder and what to write into it. */
export interface LimitWrite {
  /** E.g. `memory`, `cpu` or `blkio`. */
  readonly controller: string
  readonly file: string
  readonly text: string
  /** What the user asked for, to explain a failure. */
  readonly limit: keyof ResourceLimits
  /** The file may be missing: the value is a default that the kernel need not support. */
  readonly optional: boolean
  /** What to write where the group has no such file: the first that it has. @default nothing */
  readonly instead?: readonly { readonly file: string; readonly text: string }[]
}
