import { posix } from 'node:path'
import type { AbsolutePath } from '../../base/absolute-path.ts'
import { compileIgnore } from '../../base/patterns/compile-ignore.ts'
import { PathRules } from '../../base/patterns/path-rules.ts'
import { type BytePath, bytePath, displayPath } from '../../engine/engine.ts'
import type { WatchRule } from '../../model/watch-rule.ts'
import { PathFilter } from './path-filter.ts'

/** A rule of a service, with what else decides which files it is about. */
export interface RuleInput {
  readonly service: string
  /** Its path has no links. */
  readonly rule: WatchRule
  /** The .dockerignore file of the service's build. @default there is none */
  readonly buildIgnore?: { readonly folder: AbsolutePath; readonly text: string } | undefined
  /** Folders of this machine that the service has mounted: what is in them is in the container already. */
  readonly mounted: readonly string[]
}

/** A rule that a path is about. */
export interface RuleMatch {
  readonly rule: CompiledRule
  readonly source: BytePath
  /** Where the path is copied to; undefined for a rule that copies nothing. */
  readonly target: BytePath | undefined
  /** The path of the rule itself. */
  readonly top: BytePath
}

/**
 * What docker compose ignores whatever a file says: git's own files, and those that editors make beside the ones that are
 * edited.
 */
const ALWAYS_IGNORED: readonly string[] = [
  '**/.git',
  '**/*___jb_old___',
  '**/*___jb_tmp___',
  '**/.idea/**',
  '**/.#*',
  '**/4913',
  '**/*~',
  '**/.*.swp',
  '**/.*.swx',
  '**/.*.swo',
  '**/.*.swn',
]

/** A rule of a service whose patterns are compiled. */
export class CompiledRule {
  readonly service: string
  readonly rule: WatchRule
  readonly #path: BytePath
  readonly #ignored: readonly PathFilter[]
  readonly #included: PathFilter | undefined
  readonly #mounted: readonly BytePath[]

  /** @throws {SyntaxError} That names the pattern which is malformed. */
  constructor({ service, rule, buildIgnore, mounted }: RuleInput) {
    const { path, ignore, include } = rule
    this.service = service
    this.rule = rule
    this.#path = bytePath(path)
    this.#mounted = copies(rule) ? mounted.map(bytePath) : []
    this.#ignored = [
      new PathFilter(path, new PathRules(ALWAYS_IGNORED)),
      new PathFilter(path, patternsOf(ignore, path)),
      ...(buildIgnore === undefined
        ? []
        : [new PathFilter(buildIgnore.folder, compileIgnore(buildIgnore.text))]),
    ]
    this.#included = include === undefined ? undefined : new PathFilter(path, patternsOf(include, path))
  }

  /** Returns how the rule is about `path`; undefined if it is not. */
  match(path: BytePath): RuleMatch | undefined {
    const isTop = path === this.#path
    if (!isTop && (!isBelow(path, this.#path) || !this.#admits(path))) return undefined
    return { rule: this, source: path, target: this.#targetOf(path), top: this.#path }
  }

  /** Tells whether the rule is about nothing in `folder`. */
  skips(folder: BytePath): boolean {
    if (folder === this.#path || isBelow(this.#path, folder)) return false
    if (!isBelow(folder, this.#path) || this.#isMounted(folder)) return true
    const shown = displayPath(folder)
    if (this.#ignored.some(filter => filter.matchesAllIn(shown))) return true
    return this.#included?.canMatchIn(shown) === false
  }

  #admits(path: BytePath): boolean {
    const shown = displayPath(path)
    if (this.#isMounted(path) || this.#included?.matches(shown) === false) return false
    return !this.#ignored.some(filter => filter.matches(shown))
  }

  #isMounted(path: BytePath): boolean {
    return this.#mounted.some(folder => path === folder || isBelow(path, folder))
  }

  #targetOf(path: BytePath): BytePath | undefined {
    const { action } = this.rule
    if (!('target' in action)) return undefined
    return posix.join('/', bytePath(action.target), path.slice(this.#path.length)).replace(/(?<=.)\/$/, '')
  }
}

/** The rules that a session watches for. */
export class WatchRules {
  readonly #rules: readonly CompiledRule[]

  constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules
  }

  /** The files and folders that the rules are about. */
  get roots(): readonly AbsolutePath[] {
    return [...new Set(this.#rules.map(({ rule }) => rule.path))]
  }

  get services(): readonly string[] {
    return [...new Set(this.#rules.map(({ service }) => service))]
  }

  /** Returns all rules that are about `path`. */
  matching(path: BytePath): readonly RuleMatch[] {
    return this.#rules.flatMap(rule => rule.match(path) ?? [])
  }

  /** Tells whether no rule is about anything in `folder`. */
  skips(folder: BytePath): boolean {
    return this.#rules.every(rule => rule.skips(folder))
  }
}

/** Tells whether a rule copies into containers. */
export function copies({ action }: WatchRule): boolean {
  return 'target' in action
}

function isBelow(path: BytePath, folder: BytePath): boolean {
  return folder === '/' ? path !== '/' : path.startsWith(`${folder}/`)
}

/** A slash at the start says nothing, as in a .dockerignore file; an absolute path below `base` counts from there. */
function patternsOf(patterns: readonly string[], base: string): PathRules {
  return new PathRules(
    patterns.map(pattern => {
      const [, exception = '', path = ''] = /^\s*(!?)\s*(.*)$/s.exec(pattern) ?? []
      const relative = path.startsWith(`${base}/`) ? path.slice(base.length) : path
      return exception + relative.replace(/^\/+(?=.)/, '')
    }),
  )
}
