import type { FolderVerdict, PathRules } from '../../base/patterns/path-rules.ts'

/** Patterns of a .dockerignore file that start at a folder. */
export class PathFilter {
  readonly #base: string
  readonly #rules: PathRules
  readonly #folders = new Map<string, FolderVerdict>()

  /** @param base The folder, absolute. */
  constructor(base: string, rules: PathRules) {
    this.#base = base
    this.#rules = rules
  }

  /** Tells whether the patterns are about `path`, or about a folder above it. Outside of the folder they say nothing. */
  matches(path: string): boolean {
    const relative = this.#relative(path)
    return relative !== undefined && this.#rules.matches(relative, this.#verdictAbove(relative))
  }

  /** Tells whether the patterns are about all there may be in `folder`. */
  matchesAllIn(folder: string): boolean {
    const relative = this.#relative(folder)
    return (
      relative !== undefined && this.#verdict(relative).isMatched && !this.#rules.canExceptBelow(relative)
    )
  }

  /** Tells whether the patterns may be about anything in `folder`. */
  canMatchIn(folder: string): boolean {
    const relative = this.#relative(folder)
    if (relative === undefined) return this.#base === folder || this.#base.startsWith(`${folder}/`)
    return this.#rules.canMatchBelow(relative, this.#verdict(relative))
  }

  #relative(path: string): string | undefined {
    const start = this.#base === '/' ? '/' : `${this.#base}/`
    return path.startsWith(start) ? path.slice(start.length) : undefined
  }

  #verdictAbove(relative: string): FolderVerdict | undefined {
    const end = relative.lastIndexOf('/')
    return end < 0 ? undefined : this.#verdict(relative.slice(0, end))
  }

  #verdict(folder: string): FolderVerdict {
    const known = this.#folders.get(folder)
    if (known !== undefined) return known
    const verdict = this.#rules.enter(folder, this.#verdictAbove(folder))
    this.#folders.set(folder, verdict)
    return verdict
  }
}
