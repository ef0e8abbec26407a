import { parseGoBool } from '../base/parse-go-bool.ts'
import { cleanPath } from '../base/patterns/clean-path.ts'

/** What of a Git repository is wanted. */
export interface GitAddress {
  /** What git takes as a remote. */
  readonly remote: string
  /** A branch, tag, commit or full name; undefined for what the repository's HEAD is. */
  readonly ref: string | undefined
  /** The folder in it that is the root, relative; undefined for all. */
  readonly folder: string | undefined
  /** How its commit must begin, hex digits. */
  readonly checksum: string | undefined
  /** Undefined where the address does not say it. */
  readonly keepsGitDir: boolean | undefined
  readonly hasSubmodules: boolean
}

const SCP = /^[\w-]+@[\w.-]+:/
const PROTOCOL = /^([a-z0-9]+):\/\//i

/** Tells whether ADD takes `text` for a Git repository: `git@host:path`, `ssh://`, `git://`, and HTTP to a path `.git`. */
export function isGitSource(text: string): boolean {
  const protocol = PROTOCOL.exec(text)?.[1]?.toLowerCase()
  if (protocol === undefined) return SCP.test(text)
  const [path = ''] = text.split(/[?#]/, 1)
  const isWeb = protocol === 'http' || protocol === 'https'
  return isWeb ? path.endsWith('.git') : protocol === 'ssh' || protocol === 'git'
}

/**
 * Reads an address as BuildKit does: `https://host/repo.git#ref:folder`, `git@host:repo`, `ssh://`, `git://`,
 * `github.com/owner/repo`; instead of a fragment also a query with `ref`, `branch`, `tag`, `subdir`, `checksum` or
 * `commit`, `keep-git-dir` and `submodules`.
 *
 * @throws {SyntaxError} If it is no such address.
 */
export function parseGitAddress(text: string): GitAddress {
  const [base = '', fragment] = splitAt(text, '#')
  const [path = '', query] = splitAt(base, '?')
  const remote = remoteOf(path)
  const values = new URLSearchParams(query ?? '')
  for (const name of values.keys()) {
    if (!KNOWN.has(name)) throw new SyntaxError(`its query has "${name}", which means nothing for Git`)
    if (values.getAll(name).length > 1) throw new SyntaxError(`its query has several "${name}"`)
  }
  const [ref, folder] = splitAt(fragment ?? '', ':')
  return {
    remote,
    ref: ref || refIn(values),
    folder: folderOf(folder ?? values.get('subdir') ?? ''),
    checksum: values.get('checksum') ?? values.get('commit') ?? undefined,
    keepsGitDir: flagIn(values, 'keep-git-dir'),
    hasSubmodules: flagIn(values, 'submodules') ?? true,
  }
}

const KNOWN: ReadonlySet<string> = new Set(
  'ref,branch,tag,subdir,checksum,commit,keep-git-dir,submodules'.split(','),
)

function splitAt(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function remoteOf(path: string): string {
  if (/^github\.com\//.test(path)) return `https://${path}`
  if (/^(https?|ssh|git|file):\/\/[^-]/.test(path)) return path
  if (/^[\w.][\w.-]*@[\w.][\w.-]*:[^-]/.test(path)) return path
  throw new SyntaxError('it is no address of a Git repository')
}

function refIn(values: URLSearchParams): string | undefined {
  const branch = values.get('branch')
  const tag = values.get('tag')
  if (branch !== null) return `refs/heads/${branch}`
  return tag === null ? (values.get('ref') ?? undefined) : `refs/tags/${tag}`
}

function folderOf(text: string): string | undefined {
  return cleanPath(`/${text}`).slice(1) || undefined
}

function flagIn(values: URLSearchParams, name: string): boolean | undefined {
  const text = values.get(name)
  if (text === null) return undefined
  const value = text === '' ? true : parseGoBool(text)
  if (value !== undefined) return value
  throw new SyntaxError(`its query has ${name}=${text}, expected true or false`)
}
