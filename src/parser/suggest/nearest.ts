/**
 * Returns the candidate that `text` is most likely a slip of, or undefined if none is near. Swapped neighbours
 * count as one slip; case, `-` and `_` as none.
 */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(text)
  const known = [...candidates].slice(0, MOST_CANDIDATES)
  const meant = OTHER_NAMES.get(wanted)
  if (meant !== undefined && known.includes(meant)) return meant
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of known) {
    const other = fold(candidate)
    const limit = Math.min(bestDistance, Math.max(1, Math.floor(other.length / 2)) + 1)
    const distance = editDistance(wanted, other, limit)
    if (distance < limit) {
      best = candidate
      bestDistance = distance
    }
  }
  return best ?? extensionOf(wanted, known)
}

/** More names than anybody writes by hand: a generated file is not slowed down by its own mistakes. */
const MOST_CANDIDATES = 500

/** Names that other tools have for the same thing, folded. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['cmd', 'command'],
  ['cwd', 'working_dir'],
  ['dest', 'target'],
  ['destination', 'target'],
  ['dst', 'target'],
  ['retry', 'retries'],
  ['ro', 'read_only'],
  ['src', 'source'],
  ['workdir', 'working_dir'],
])

/**
 * `port` for `ports`, `env` for `environment`, `healthy` for `service_healthy`: one is the start or the end of the
 * other and no other candidate is.
 */
function extensionOf(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < 3) return undefined
  const found = candidates.filter(candidate => {
    const other = fold(candidate)
    return (
      other.startsWith(wanted) || other.endsWith(wanted) || (other.length >= 3 && wanted.startsWith(other))
    )
  })
  return found.length === 1 ? found[0] : undefined
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[-_]/g, '')
}

/** Returns the count of slips between two texts, or infinity once it is sure to reach `limit`. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit || from.length > 64) return Number.POSITIVE_INFINITY
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    let least = row
    for (let column = 1; column <= to.length; column++) {
      const substitution = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1)
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const swap =
        row > 1 && column > 1 && swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY
      const cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, substitution, swap)
      current.push(cost)
      least = Math.min(least, cost)
    }
    // A swap reaches back two rows, so one row past the limit is not the end yet.
    if (least > limit) return Number.POSITIVE_INFINITY
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
