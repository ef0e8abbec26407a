import { ipFromBytes } from '../../base/ip-address.ts'
import { type IpBlock, ipBlock } from '../../base/ip-block.ts'
import { parseAttributes } from '../netlink/attribute.ts'
import { NLM_F_DUMP } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'

const RTM_GETRULE = 34
const FRA_DST = 1
const FRA_SRC = 2
const AF_UNSPEC = 0
/** struct fib_rule_hdr. */
const HEADER_BYTES = 12

/** Returns the blocks of addresses that rules of the routing policy are about, as those of a VPN are: see ip-rule(8). */
export function listRuleBlocks(socket: NetlinkSocket): readonly IpBlock[] {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(AF_UNSPEC, 0)
  return socket
    .dump({ type: RTM_GETRULE, flags: NLM_F_DUMP, purpose: 'list routing rules', payload: header })
    .flatMap(payload => {
      const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
      return [
        { bytes: attributes.get(FRA_DST), length: payload.readUInt8(1) },
        { bytes: attributes.get(FRA_SRC), length: payload.readUInt8(2) },
      ].flatMap(({ bytes, length }) => {
        const address = bytes === undefined ? undefined : ipFromBytes(bytes)
        return address === undefined || length === 0 ? [] : [ipBlock(address, length)]
      })
    })
}
