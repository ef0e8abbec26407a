import type { Millis } from '../../base/millis.ts'
import type { PullChoice } from '../image-policy.ts'
import type { BuildChoice } from './build-tasks.ts'

/** How `up` treats what exists. */
export interface UpOptions extends PullChoice, BuildChoice {
  /** Recreate the containers of every service that was named, or of all. @default false */
  readonly forceRecreate?: boolean
  /** Recreate the containers of services that are selected since named ones depend on them. @default false */
  readonly alwaysRecreateDeps?: boolean
  /** Leave containers as they are, even if the file has changed. @default false */
  readonly noRecreate?: boolean
  /** Run services again that have completed what others wait for. @default false */
  readonly rerun?: boolean
  /** Remove the containers of services that the file does not declare. @default false */
  readonly removeOrphans?: boolean
  /** Do not mention orphans. @default false */
  readonly ignoreOrphans?: boolean
  /** Create containers, but start none. @default false */
  readonly noStart?: boolean
  /** Recreate containers with fresh anonymous volumes and remove the old ones. @default false */
  readonly renewAnonymousVolumes?: boolean
  /** Time between the stop signal and SIGKILL. @default each container's own */
  readonly timeout?: Millis | undefined
}
