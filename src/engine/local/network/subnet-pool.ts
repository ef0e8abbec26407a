import { sha256Bytes } from '../../../base/sha256.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { blocksOverlap, type Ipv4Block } from '../../../linux/ipv4.ts'

interface Pool {
  readonly base: number
  readonly prefixLength: number
  /** Prefix length of the blocks that it is dealt out in. */
  readonly blockLength: number
}

/** The private ranges that Docker deals from too; 10.0.0.0/8 is left to companies and their VPNs. */
const POOLS: readonly Pool[] = [
  { base: 0xac100000, prefixLength: 12, blockLength: 20 },
  { base: 0xc0a80000, prefixLength: 16, blockLength: 24 },
]

/**
 * Picks a block that overlaps none of `used`. The first candidate follows from `name`, so a network tends to get the
 * same subnet again; the order of the others too, so two networks that meet at one block part at the next.
 *
 * @throws {TcomposeError} `no-free-subnet` if every block is taken.
 */
export function pickSubnet(name: string, used: readonly Ipv4Block[]): Ipv4Block {
  const hash = sha256Bytes(name)
  for (const pool of POOLS) {
    const free = candidates(pool, hash).find(block => !used.some(other => blocksOverlap(block, other)))
    if (free !== undefined) return free
  }
  throw new TcomposeError(
    'no-free-subnet',
    `Cannot create network "${name}": every block of 172.16.0.0/12 and 192.168.0.0/16 overlaps a route of this host`,
    { hint: 'Remove networks that are not needed, or give this one a subnet of its own under "ipam"' },
  )
}

/** Every block of `pool`, once: the count is a power of two and the step odd. */
function candidates({ base, prefixLength, blockLength }: Pool, hash: Buffer): readonly Ipv4Block[] {
  const count = 2 ** (blockLength - prefixLength)
  const start = hash.readUInt16LE(0)
  const step = hash.readUInt16LE(2) | 1
  return Array.from({ length: count }, (_, attempt) => ({
    base: base + ((start + attempt * step) % count) * 2 ** (32 - blockLength),
    prefixLength: blockLength,
  }))
}
