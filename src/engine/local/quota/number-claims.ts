import { type Claim, type ClaimOwner, claim } from '../state/claims.ts'
import type { Roots } from '../state/layout.ts'

/** Numbers of projects are 32 bits; those that administrators and other engines choose begin at 1. */
const FIRST = 2 ** 30
const COUNT = 2 ** 30

/** Claims the number of a project that no container has, and that `isUsed` does not tell to be somebody else's. */
export function claimNumber(roots: Roots, owner: ClaimOwner, isUsed: (number: number) => boolean): Claim {
  const claimed = claim(roots, { pool: 'quotas', owner }, freeNumbers(owner, isUsed))
  if (claimed === undefined) throw new RangeError('Cannot claim a number: all are taken')
  return claimed
}

/** Ids of containers are random, so that two engines on one file system hardly try the same number. */
function* freeNumbers({ id }: ClaimOwner, isUsed: (number: number) => boolean): Generator<string> {
  const start = Number.parseInt(id.slice(0, 8), 16) % COUNT
  for (let offset = 0; offset < COUNT; offset += 1) {
    const number = FIRST + ((start + offset) % COUNT)
    if (!isUsed(number)) yield String(number)
  }
}
