/** What the address of a Git repository says besides the place. */
export interface GitAddress {
  readonly keepsGitDir: boolean | undefined
  /** Of the commit. */
  readonly checksum: string | undefined
}

const SCP = /^[\w-]+@[\w.-]+:.*$/s
const PROTOCOL = /^([a-z0-9]+):\/\//i
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['', '1', 't', 'true', 'True', 'TRUE'].map(text => [text, true] as const),
  ...['0', 'f', 'false', 'False', 'FALSE'].map(text => [text, false] as const),
])

/**
 * Reads the address of a Git repository as ADD takes it: `git@host:path`, `ssh://`, `git://`, and `http(s)://` whose path
 * ends in `.git`. Returns undefined for all else.
 *
 * @throws {SyntaxError} If it has a query that means nothing for a repository.
 */
export function gitAddress(text: string): GitAddress | undefined {
  if (text.startsWith('./') || text.startsWith('../')) return undefined
  const protocol = PROTOCOL.exec(text)?.[1]?.toLowerCase()
  if (protocol === undefined)
    return SCP.test(text) ? { keepsGitDir: undefined, checksum: undefined } : undefined
  const [place = ''] = text.split('#', 1)
  const mark = place.indexOf('?')
  const path = mark < 0 ? place : place.slice(0, mark)
  const isWeb = protocol === 'http' || protocol === 'https'
  if (isWeb ? !path.endsWith('.git') : protocol !== 'ssh' && protocol !== 'git') return undefined
  return addressOf(mark < 0 ? '' : place.slice(mark + 1))
}

const KEYS: ReadonlySet<string> = new Set([
  ...['ref', 'tag', 'branch', 'subdir', 'checksum', 'commit', 'keep-git-dir', 'submodules'],
])

function addressOf(query: string): GitAddress {
  const values = new Map<string, string>()
  for (const pair of query.split('&').filter(part => part !== '')) {
    const [key = '', value = ''] = pair.split('=', 2)
    if (!KEYS.has(key)) throw new SyntaxError(`its query "${key}" is unknown`)
    if (values.has(key)) throw new SyntaxError(`its query "${key}" has several values`)
    values.set(key, value)
  }
  const keep = values.get('keep-git-dir')
  const keepsGitDir = keep === undefined ? undefined : BOOLEANS.get(keep)
  if (keep !== undefined && keepsGitDir === undefined) {
    throw new SyntaxError(`its keep-git-dir is "${keep}", expected true or false`)
  }
  return { keepsGitDir, checksum: values.get('checksum') ?? values.get('commit') }
}
