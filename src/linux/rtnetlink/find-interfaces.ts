import { constants } from 'node:os'
import { SystemCallError } from '../libc.ts'
import type { NetlinkRequest } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'
import { findLink } from './link.ts'

/**
 * Returns `requests` with the indexes of the interfaces that they name, as the network of `socket` has them.
 *
 * @throws {SystemCallError} ENODEV for one that is not there.
 */
export function findInterfaces(
  socket: NetlinkSocket,
  requests: readonly NetlinkRequest[],
): readonly NetlinkRequest[] {
  return requests.map(request => {
    const { finds, ...rest } = request
    if (finds === undefined) return request
    const link = findLink(socket, finds.name)
    if (link === undefined)
      throw new SystemCallError('netlink', constants.errno.ENODEV, `find interface ${finds.name}`)
    const payload = Buffer.from(request.payload)
    payload.writeUInt32LE(link.index, finds.at)
    return { ...rest, payload }
  })
}
