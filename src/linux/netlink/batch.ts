import type { SystemCallError } from '../libc.ts'
import { failuresOf } from './failures.ts'
import { encodeRequests, type NetlinkRequest, parseReplies } from './message.ts'

/** Requests for another process to send. */
export interface NetlinkBatch {
  readonly message: Buffer
  /** Returns what failed and is not tolerated, by index in the requests; `datagrams` are what the kernel answered. */
  readonly failures: (datagrams: readonly Buffer[]) => ReadonlyMap<number, SystemCallError>
}

/** Encodes `requests`, of which the last is to be confirmed. */
export function netlinkBatch(requests: readonly NetlinkRequest[]): NetlinkBatch {
  const [first, last] = [1, requests.length - 1]
  return {
    message: encodeRequests(requests, first, last),
    failures: datagrams =>
      requests.length === 0
        ? new Map()
        : failuresOf({
            requests,
            first,
            last,
            replies: datagrams.flatMap(datagram => parseReplies(datagram)),
          }),
  }
}
