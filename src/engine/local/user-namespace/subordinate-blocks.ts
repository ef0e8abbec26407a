/** How many ids a user namespace may have: those of 16 bits, with which images are made. */
export const BLOCK_SIZE = 65_536

/** Whose ranges in /etc/subuid and /etc/subgid are given to containers. */
export const RANGE_OWNER = 'tcompose'

/** The first ids of the host of as many blocks as there are, of users and of groups. */
export interface IdBlock {
  readonly uid: number
  readonly gid: number
}

/** Returns the blocks that the texts of /etc/subuid and /etc/subgid give to tcompose, in their order; subuid(5). */
export function subordinateBlocks(subuid: string, subgid: string): readonly IdBlock[] {
  const gids = blocksOf(subgid)
  return blocksOf(subuid).flatMap((uid, index) => {
    const gid = gids[index]
    return gid === undefined ? [] : [{ uid, gid }]
  })
}

/** Returns lines for both files that overlap none of theirs. */
export function suggestedLine(...texts: readonly string[]): string {
  const ends = texts.flatMap(linesOf).map(({ first, count }) => first + count)
  const start = Math.ceil(Math.max(1_000_000_000, ...ends) / BLOCK_SIZE) * BLOCK_SIZE
  return `${RANGE_OWNER}:${start}:${BLOCK_SIZE * 1000}`
}

function blocksOf(text: string): readonly number[] {
  return linesOf(text)
    .filter(({ owner }) => owner === RANGE_OWNER)
    .flatMap(({ first, count }) =>
      Array.from({ length: Math.floor(count / BLOCK_SIZE) }, (_, index) => first + index * BLOCK_SIZE),
    )
}

interface Line {
  readonly owner: string
  readonly first: number
  readonly count: number
}

/** The kernel has ids below 2^32 - 1, and 0 is the host's root. */
function linesOf(text: string): readonly Line[] {
  return text.split('\n').flatMap(line => {
    const [, owner = '', first = '', count = ''] = /^([^#:]+):(\d+):(\d+)$/.exec(line.trim()) ?? []
    const range = { owner, first: Number(first), count: Number(count) }
    return owner === '' || range.first === 0 || range.first + range.count >= 2 ** 32 - 1 ? [] : [range]
  })
}
