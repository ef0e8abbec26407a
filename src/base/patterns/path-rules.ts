import { cleanPath } from './clean-path.ts'
import { PathPattern } from './path-pattern.ts'

/** What rules say of a folder, for what is in it. */
export interface FolderVerdict {
  readonly isMatched: boolean
  /** By rule: whether it is about the folder or one above it. */
  readonly matched: readonly boolean[]
}

/**
 * A list of patterns as moby/patternmatcher applies it: each is about a path and all that is below it, one that begins
 * with `!` takes back what earlier ones say, and the last one that is about a path decides.
 */
export class PathRules {
  readonly #rules: readonly Rule[]
  readonly #exceptions: readonly Rule[]

  /** @throws {SyntaxError} That names the pattern which is malformed. */
  constructor(patterns: readonly string[]) {
    this.#rules = patterns.flatMap(pattern => parseRule(pattern) ?? [])
    this.#exceptions = this.#rules.filter(rule => rule.isException)
  }

  /** Tells whether any rule takes back what others say. */
  get hasExceptions(): boolean {
    return this.#exceptions.length > 0
  }

  /** @param parent What was said of the folder that `path` is in; undefined at the top. */
  matches(path: string, parent: FolderVerdict | undefined): boolean {
    let isMatched = false
    for (const [index, { isException, pattern }] of this.#rules.entries()) {
      if (parent?.matched[index] !== true && (isException !== isMatched || !pattern.matches(path))) continue
      isMatched = !isException
    }
    return isMatched
  }

  /** Does `matches` for a folder. */
  enter(path: string, parent: FolderVerdict | undefined): FolderVerdict {
    let isMatched = false
    const matched = this.#rules.map(({ isException, pattern }, index) => {
      const isAbout = parent?.matched[index] === true || (isException === isMatched && pattern.matches(path))
      if (isAbout) isMatched = !isException
      return isAbout
    })
    return { isMatched, matched }
  }

  /** Tells whether the rules may match anything below `folder`, of which they said `verdict`. */
  canMatchBelow(folder: string, verdict: FolderVerdict): boolean {
    return this.#rules.some(
      ({ isException, pattern }, index) =>
        !isException && (verdict.matched[index] === true || pattern.canMatchBelow(folder)),
    )
  }

  /** Tells whether an exception may be about anything below `folder`, which the rules match. */
  canExceptBelow(folder: string): boolean {
    return this.#exceptions.some(({ pattern }) => pattern.canMatchBelow(folder))
  }
}

interface Rule {
  readonly isException: boolean
  readonly pattern: PathPattern
}

function parseRule(text: string): Rule | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  const clean = cleanPath(trimmed)
  if (clean === '!') throw new SyntaxError(`pattern "${text}": nothing follows the "!"`)
  const isException = clean.startsWith('!')
  try {
    return { isException, pattern: new PathPattern(isException ? clean.slice(1) : clean) }
  } catch (error) {
    if (error instanceof SyntaxError) throw new SyntaxError(`pattern "${text}": ${error.message}`)
    throw error
  }
}
