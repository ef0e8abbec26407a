import { isIPv6 } from 'node:net'
import { type SocketRequest, socketInNetns } from '../../../../linux/socket-in-netns.ts'
import type { Upstream } from './upstreams.ts'

/** Whose network a query leaves by: that of the host, or of the namespace with this file. */
export type ForwardSource = 'host' | { readonly netns: string }

/** One query to one upstream. */
export interface ForwardAttempt {
  readonly packet: Buffer
  readonly upstream: Upstream
  readonly from: ForwardSource
  readonly timeoutMs: number
}

/** Returns the options with which a socket to the upstream is made: a descriptor where it is made in a namespace. */
export function sourceSocket(
  { upstream, from }: ForwardAttempt,
  type: SocketRequest['type'],
): { readonly fd?: number } {
  if (from === 'host') return {}
  return { fd: socketInNetns(from.netns, { type, family: isIPv6(upstream.address) ? 'ipv6' : 'ipv4' }) }
}
