import { editDistance } from './edit-distance.ts'

/**
 * Returns the candidates that `text` is most likely a slip of: the nearest one, and those that are as near, three at
 * most; none if none is near. Swapped neighbours count as one slip; case, `-` and `_` as none. Of equally near ones
 * the longer common start comes first, then the order of `candidates`.
 */
export function nearest(text: string, candidates: Iterable<string>): readonly string[] {
  const wanted = fold(text)
  const known = first(candidates, MOST_CANDIDATES)
  const meant = OTHER_NAMES.get(wanted)
  if (meant !== undefined && known.includes(meant)) return [meant]
  let best: readonly string[] = []
  let least = mostSlips(wanted.length / 3)
  for (const candidate of known) {
    const other = fold(candidate)
    const limit = Math.min(least, mostSlips(other.length / 2)) + 1
    const slips = editDistance(wanted, other, limit)
    if (slips >= limit) continue
    best = slips < least ? [candidate] : [...best, candidate]
    least = slips
  }
  if (best.length === 0) return extensionOf(wanted, known)
  return best
    .toSorted((a, b) => sharedStart(wanted, fold(b)) - sharedStart(wanted, fold(a)))
    .slice(0, MOST_SUGGESTED)
}

/** More names than anybody writes by hand: a generated file is not slowed down by its own mistakes. */
export const MOST_CANDIDATES = 1000
const MOST_SUGGESTED = 3

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

function mostSlips(share: number): number {
  return Math.max(1, Math.floor(share))
}

/** Takes no more of `candidates` than `count`. */
function first(candidates: Iterable<string>, count: number): readonly string[] {
  const taken: string[] = []
  for (const candidate of candidates) {
    if (taken.push(candidate) === count) break
  }
  return taken
}

/**
 * `port` for `ports`, `env` for `environment`, `healthy` for `service_healthy`: one is the start or the end of the
 * other and no other candidate is.
 */
function extensionOf(wanted: string, candidates: readonly string[]): readonly string[] {
  if (wanted.length < 3) return []
  const found = candidates.filter(candidate => {
    const other = fold(candidate)
    return (
      other.startsWith(wanted) || other.endsWith(wanted) || (other.length >= 3 && wanted.startsWith(other))
    )
  })
  return found.length === 1 ? found : []
}

function sharedStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[-_]/g, '')
}
