import { constants } from 'node:os'
import { SystemCallError } from '../libc.ts'
import type { NetlinkReply, NetlinkRequest } from './message.ts'

/** Requests that were sent at once, and what the kernel said. */
export interface Exchange {
  readonly requests: readonly NetlinkRequest[]
  readonly first: number
  /** Index of the request that was to be confirmed. */
  readonly last: number
  readonly replies: readonly NetlinkReply[]
}

/** Returns what failed and is not tolerated, in the order of the answers. */
export function failuresOf({
  requests,
  first,
  last,
  replies,
}: Exchange): ReadonlyMap<number, SystemCallError> {
  const failures = new Map<number, SystemCallError>()
  let confirmed = false
  for (const reply of replies) {
    if (reply.kind !== 'result') continue
    confirmed ||= reply.sequence === first + last
    // A batch that fails as a whole is blamed on its first, framing message.
    const request = requests[reply.sequence - first]
    if (reply.errno === 0 || request?.tolerate?.includes(reply.errno) === true) continue
    failures.set(reply.sequence - first, failure(request ?? requests[last], reply))
  }
  if (!confirmed && failures.size === 0)
    failures.set(last, failure(requests[last], { errno: constants.errno.EPROTO, message: 'no answer' }))
  return failures
}

/** Returns the error of a request; undefined is the batch. */
export function failure(
  request: NetlinkRequest | undefined,
  { errno, message }: { readonly errno: number; readonly message: string | undefined },
): SystemCallError {
  const words = message === undefined ? '' : ` ("${message}")`
  return new SystemCallError('netlink', errno, `${request?.purpose ?? 'batch'}${words}`)
}
