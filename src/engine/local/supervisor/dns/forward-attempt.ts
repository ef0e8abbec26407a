import type { Upstream } from './upstreams.ts'

/** One query to one upstream. */
export interface ForwardAttempt {
  readonly packet: Buffer
  readonly upstream: Upstream
  readonly timeoutMs: number
}
