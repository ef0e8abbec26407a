import type { IpFamily } from '../../../base/ip-address.ts'
import { blocksOverlap, type IpBlock, lastAddress } from '../../../base/ip-block.ts'
import { sha256Bytes } from '../../../base/sha256.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'

interface Pool {
  readonly base: number
  readonly prefixLength: number
  /** Prefix length of the blocks that it is dealt out in. */
  readonly blockLength: number
}

/** The private ranges that Docker deals from too; 10.0.0.0/8 is left to companies and their VPNs. */
const IPV4_POOLS: readonly Pool[] = [
  { base: 0xac100000, prefixLength: 12, blockLength: 20 },
  { base: 0xc0a80000, prefixLength: 16, blockLength: 24 },
]

/** Unique local addresses: `fd`, then 40 bits that are random for each site and 16 of the site's own, see RFC 4193. */
const LOCAL_PREFIX = 0xfdn << 120n
const IPV6_LENGTH = 64
const IPV6_TRIES = 64

/**
 * Picks a block that overlaps none of `used`. The first candidate follows from `name`, so a network tends to get the
 * same subnet again; the order of the others too, so two networks that meet at one block part at the next.
 *
 * @throws {TcomposeError} `no-free-subnet` if every block is taken.
 */
export function pickSubnet(name: string, used: readonly IpBlock[], family: IpFamily = 'ipv4'): IpBlock {
  const found = family === 'ipv4' ? pickIpv4(name, used) : pickIpv6(name, used)
  if (found !== undefined) return found
  const ranges = family === 'ipv4' ? '172.16.0.0/12 and 192.168.0.0/16' : 'fd00::/8 that was tried'
  throw new TcomposeError(
    'no-free-subnet',
    `Cannot create network "${name}": every block of ${ranges} overlaps a route of this host`,
    { hint: 'Remove networks that are not needed, or give this one a subnet of its own under "ipam"' },
  )
}

/** There may be hundreds of blocks to compare with hundreds: plain numbers take a tenth of the time. */
function pickIpv4(name: string, used: readonly IpBlock[]): IpBlock | undefined {
  const hash = sha256Bytes(name)
  const ranges = used
    .filter(({ family }) => family === 'ipv4')
    .map(block => ({ first: Number(block.base), last: Number(lastAddress(block).value) }))
  for (const pool of IPV4_POOLS) {
    const size = 2 ** (32 - pool.blockLength)
    for (const base of basesOf(pool, hash)) {
      if (ranges.some(({ first, last }) => base <= last && first < base + size)) continue
      return { family: 'ipv4', base: BigInt(base), prefixLength: pool.blockLength }
    }
  }
  return undefined
}

/** The bases of every block of `pool`, once: the count is a power of two and the step odd. */
function* basesOf({ base, prefixLength, blockLength }: Pool, hash: Buffer): Generator<number> {
  const count = 2 ** (blockLength - prefixLength)
  const start = hash.readUInt16LE(0)
  const step = hash.readUInt16LE(2) | 1
  for (let attempt = 0; attempt < count; attempt += 1) {
    yield base + ((start + attempt * step) % count) * 2 ** (32 - blockLength)
  }
}

function pickIpv6(name: string, used: readonly IpBlock[]): IpBlock | undefined {
  for (let attempt = 0; attempt < IPV6_TRIES; attempt += 1) {
    const hash = sha256Bytes(attempt === 0 ? name : `${name} ${attempt}`)
    const prefix = hash.readBigUInt64BE(0) >> 8n
    const block: IpBlock = { family: 'ipv6', base: LOCAL_PREFIX | (prefix << 64n), prefixLength: IPV6_LENGTH }
    if (!used.some(other => blocksOverlap(block, other))) return block
  }
  return undefined
}
