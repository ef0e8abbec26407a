import { type GlobToken, isInSet, parseGlob } from './glob-token.ts'

/**
 * A pattern of whole paths with `**`, as moby/patternmatcher reads it. Its cost is in proportion to the path times the
 * pattern at most; most paths are told apart by how they begin and end.
 */
export class PathPattern {
  readonly #prefix: string
  readonly #suffix: string
  readonly #kind: 'text' | 'suffix' | 'tokens'
  readonly #tokens: readonly GlobToken[]

  /** @param pattern A clean path. @throws {SyntaxError} If it is malformed. */
  constructor(pattern: string) {
    this.#tokens = parseGlob(pattern, { hasFolders: true })
    const [first, ...rest] = this.#tokens
    if (this.#tokens.every(isText)) this.#kind = 'text'
    else this.#kind = first?.kind === 'folders' && rest.every(isText) ? 'suffix' : 'tokens'
    this.#prefix = textOf(this.#tokens)
    this.#suffix = [...textOf(this.#tokens.toReversed())].reverse().join('')
    // What is only text behind "**" may begin within a name, unless a slash is between them.
    if (this.#kind === 'suffix' && pattern.startsWith('**/')) this.#suffix = `/${this.#suffix}`
  }

  /** Tells whether the pattern is about `path` itself. */
  matches(path: string): boolean {
    if (this.#kind === 'text') return path === this.#prefix
    if (this.#kind === 'suffix') return path.endsWith(this.#suffix) || `/${path}` === this.#suffix
    if (!path.startsWith(this.#prefix) || !path.endsWith(this.#suffix)) return false
    return this.#statesAfter(path).has(this.#tokens.length)
  }

  /** Tells whether the pattern may be about anything below `folder`. */
  canMatchBelow(folder: string): boolean {
    if (this.#kind === 'text') return this.#prefix.startsWith(`${folder}/`)
    return this.#kind === 'suffix' || this.#statesAfter(`${folder}/`).size > 0
  }

  /** Returns the indexes of the tokens that may come next, all alternatives at once. */
  #statesAfter(path: string): ReadonlySet<number> {
    let states = this.#closure([0])
    for (const character of path) {
      const next: number[] = []
      for (const state of states) this.#step(state, character, next)
      states = this.#closure(next)
      if (states.size === 0) break
    }
    return states
  }

  /** Negative states are within the folders of a `**`, not at the start of a name. */
  #step(state: number, character: string, next: number[]): void {
    const index = state < 0 ? -state - 1 : state
    const token = this.#tokens[index]
    if (token === undefined) return
    if (token.kind === 'rest') next.push(index)
    else if (token.kind === 'folders') next.push(character === '/' ? index : -index - 1)
    else if (token.kind === 'star') {
      if (character !== '/') next.push(index)
    } else if (takes(token, character)) next.push(index + 1)
  }

  /** Adds what comes behind tokens that may be empty. */
  #closure(states: readonly number[]): Set<number> {
    const all = new Set<number>()
    for (const state of states) {
      all.add(state)
      for (let index = state; index >= 0 && canBeEmpty(this.#tokens[index]); index += 1) all.add(index + 1)
    }
    return all
  }
}

function isText(token: GlobToken): boolean {
  return token.kind === 'text'
}

/** Returns the text that `tokens` begin with. */
function textOf(tokens: readonly GlobToken[]): string {
  let text = ''
  for (const token of tokens) {
    if (token.kind !== 'text') break
    text += token.text
  }
  return text
}

function canBeEmpty(token: GlobToken | undefined): boolean {
  return token !== undefined && ['star', 'folders', 'rest'].includes(token.kind)
}

function takes(token: GlobToken, character: string): boolean {
  if (token.kind === 'text') return token.text === character
  return token.kind === 'set' ? isInSet(token, character) : character !== '/'
}
