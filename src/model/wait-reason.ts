/** Why a wait for a container goes on. */
export type WaitReason =
  /** It was not started yet. */
  | { readonly kind: 'not-started' }
  /** It ended, and its restart policy starts it again. */
  | { readonly kind: 'restarting'; readonly exitCode: number }
  /** It has to end first. */
  | { readonly kind: 'running' }
  /** Its health check has said nothing yet. */
  | { readonly kind: 'unprobed' }
  | FailedProbe

/** The last probe of a health check failed. */
export interface FailedProbe {
  readonly kind: 'probe-failed'
  /** Failures in a row that count; none does within the start period. */
  readonly failures: number
  /** How many of them make the container unhealthy. */
  readonly retries: number
  /** The last line that the probe wrote, or why it could not run. */
  readonly output: string
}
