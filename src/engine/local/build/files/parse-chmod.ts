/** Returns the mode of a copy, from that of the original: permission bits with set-id and sticky bits. */
export type ModeChange = (mode: number, isFolder: boolean) => number

/** A value of `--chmod`. */
export interface Chmod {
  readonly change: ModeChange
  /** The mode of folders that are made on the way. */
  readonly folderMode: number
}

const MADE_FOLDER = 0o755
const MOST_BITS = 0o7777
const SET_IDS_AND_PERMISSIONS = 0o6777
const STICKY = 0o1000
const CLAUSE = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/

/**
 * Reads an octal mode, or changes as chmod(1) makes them under a umask of 0; undefined if `text` is neither. `X` looks
 * at the mode before all changes.
 */
export function parseChmod(text: string): Chmod | undefined {
  if (/^[0-7]+$/.test(text)) {
    const mode = Number.parseInt(text, 8)
    return mode > MOST_BITS ? undefined : { change: () => mode, folderMode: mode & 0o777 }
  }
  const steps: Step[] = []
  for (const clause of text.split(',')) {
    const match = CLAUSE.exec(clause)
    if (match === null) return undefined
    steps.push(...stepsOf(match[1] ?? '', match[2] ?? ''))
  }
  const change: ModeChange = (original, isFolder) =>
    steps.reduce((mode, step) => step(mode, isFolder || (original & 0o111) !== 0), original)
  return { change, folderMode: MADE_FOLDER }
}

/** @param isSearchable Whether `X` is `x`. */
type Step = (mode: number, isSearchable: boolean) => number

function stepsOf(who: string, actions: string): readonly Step[] {
  return [...actions.matchAll(/([-+=])([^-+=]*)/g)].map(([, operator, permissions = '']) => {
    const reach = reachOf(who, permissions)
    return (mode, isSearchable) => {
      const bits = bitsOf(permissions, mode, isSearchable) & reach
      if (operator === '-') return mode & ~bits
      return (operator === '+' ? mode : mode & ~reach) | bits
    }
  })
}

const CLASSES: ReadonlyMap<string, number> = new Map([
  ['u', 0o4700],
  ['g', 0o2070],
  ['o', 0o0007],
  ['a', SET_IDS_AND_PERMISSIONS],
])

/** The sticky bit is nobody's: it is meant where it is named. */
function reachOf(who: string, permissions: string): number {
  const reach = [...who].reduce((bits, name) => bits | (CLASSES.get(name) ?? 0), 0)
  const named = who === '' ? SET_IDS_AND_PERMISSIONS : reach
  return permissions.includes('t') && !/^o+$/.test(who) ? named | STICKY : named
}

const BITS: ReadonlyMap<string, number> = new Map([
  ['r', 0o444],
  ['w', 0o222],
  ['x', 0o111],
  ['s', 0o6000],
  ['t', STICKY],
])
const SHIFTS: ReadonlyMap<string, number> = new Map([
  ['u', 6],
  ['g', 3],
  ['o', 0],
])

function bitsOf(permissions: string, mode: number, isSearchable: boolean): number {
  let bits = 0
  for (const name of permissions) {
    const shift = SHIFTS.get(name)
    if (shift !== undefined) bits |= ((mode >> shift) & 7) * 0o111
    else if (name !== 'X') bits |= BITS.get(name) ?? 0
    else if (isSearchable) bits |= 0o111
  }
  return bits
}
