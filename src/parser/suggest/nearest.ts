import { editDistance } from '../../base/edit-distance.ts'

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
