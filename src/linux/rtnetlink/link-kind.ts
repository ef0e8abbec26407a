import { constants } from 'node:os'
import { SystemCallError } from '../libc.ts'
import { nested, textAttribute, u32Attribute } from '../netlink/attribute.ts'
import { NLM_F_CREATE, NLM_F_EXCL } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'

const RTM_NEWLINK = 16
const IFLA_IFNAME = 3
const IFLA_LINK = 5
const IFLA_LINKINFO = 18
const IFLA_INFO_KIND = 1
const HEADER_BYTES = 16
const NO_INTERFACE = 0x7fffffff

/**
 * Tells whether the kernel has interfaces of a kind that hang on another, by asking for one on an interface that does not
 * exist: it looks for the kind first, and loads its module where it is one.
 */
export function hasLinkKind(socket: NetlinkSocket, kind: 'macvlan' | 'ipvlan'): boolean {
  try {
    socket.send([
      {
        type: RTM_NEWLINK,
        flags: NLM_F_CREATE | NLM_F_EXCL,
        purpose: `look for interfaces of kind ${kind}`,
        payload: Buffer.concat([
          Buffer.alloc(HEADER_BYTES),
          textAttribute(IFLA_IFNAME, `probe-${kind}`),
          u32Attribute(IFLA_LINK, NO_INTERFACE),
          nested(IFLA_LINKINFO, textAttribute(IFLA_INFO_KIND, kind)),
        ]),
      },
    ])
    return true
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error
    return error.errno !== constants.errno.EOPNOTSUPP
  }
}
