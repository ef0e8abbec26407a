import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { sha256Hex } from '../../../../base/sha256.ts'
import { namesIn } from '../../../../disk/names-in.ts'
import { isAbandoned, temporaryName } from '../../../../disk/temporary-name.ts'
import type { GitAddress } from '../../../../model/git-address.ts'
import { withoutUser } from './fetched-files.ts'

/** What git runs with. */
export interface GitOptions {
  /** Where checkouts are kept from one build to the next. */
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Checkouts that are old stay. @default false */
  readonly keepsAll?: boolean
}

/** A commit of a repository as files. */
export interface GitCheckout {
  readonly address: GitAddress
  /** 40 or 64 hex digits. */
  readonly commit: string
  readonly keepsGitDir: boolean
}

/** What git said when it failed, for people. */
export class GitFailure extends Error {}

const COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/

/**
 * Returns the commit that an address means now. A whole commit is not looked up.
 *
 * @throws {GitFailure} If git is not there or fails, or the repository has no such ref.
 */
export async function findCommit(address: GitAddress, options: GitOptions): Promise<string> {
  const { remote, ref = 'HEAD', checksum } = address
  const commit = COMMIT.test(ref) ? ref : await lookUp(remote, ref, options)
  if (checksum !== undefined && !commit.startsWith(checksum)) {
    throw new GitFailure(`its commit is ${commit}, expected ${checksum}`)
  }
  return commit
}

/** A branch goes before a tag, and the commit of a tag before the tag itself. */
async function lookUp(remote: string, ref: string, options: GitOptions): Promise<string> {
  const lines = await git(['ls-remote', '--', remote, ref, `${ref}^{}`], options)
  const commits = new Map(
    lines.split('\n').flatMap(line => {
      const [commit = '', name = ''] = line.split('\t')
      return COMMIT.test(commit) ? [[name, commit] as const] : []
    }),
  )
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`, `${ref}^{}`, ref]
  for (const name of names) {
    const commit = commits.get(name)
    if (commit !== undefined) return commit
  }
  throw new GitFailure(`it has no branch or tag "${ref}"`)
}

/**
 * Returns the folder that a commit is checked out in; one that an earlier build has checked out is used again.
 *
 * @throws {GitFailure} If git is not there or fails.
 */
export async function checkOut(checkout: GitCheckout, options: GitOptions): Promise<string> {
  const { address, commit, keepsGitDir } = checkout
  // Git's own files have the name of the ref and the way to the remote.
  const ref = keepsGitDir ? [address.ref] : []
  const key = sha256Hex(JSON.stringify([address.remote, commit, keepsGitDir, address.hasSubmodules, ...ref]))
  const folder = join(options.folder, key)
  if (!existsSync(folder)) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    if (!options.keepsAll) removeOld(options.folder)
    await makeCheckout(checkout, folder, options)
  }
  utimesSync(folder, new Date(), new Date())
  return folder
}

async function makeCheckout(
  { address, commit, keepsGitDir }: GitCheckout,
  folder: string,
  options: GitOptions,
): Promise<void> {
  const temporary = join(options.folder, temporaryName())
  const run = (args: readonly string[]) => git(['-C', temporary, ...args], options)
  try {
    await git(['init', '-q', '--template=', '--', temporary], options)
    await run(['remote', 'add', '--', 'origin', address.remote])
    await fetchCommit(address, commit, run)
    await run(['checkout', '-q', '--detach', commit])
    if (address.hasSubmodules && existsSync(join(temporary, '.gitmodules'))) {
      await run(['submodule', '-q', 'update', '--init', '--recursive', '--depth=1'])
    }
    if (keepsGitDir) await settleGitFolder(address, temporary, run)
    else removeGitFolders(temporary)
    if (!existsSync(folder)) renameSync(temporary, folder)
  } finally {
    rmSync(temporary, { force: true, recursive: true })
  }
}

/** Servers that are only files know no shallow fetch, and others may give no commit by its digits. */
async function fetchCommit(
  { ref }: GitAddress,
  commit: string,
  run: (args: readonly string[]) => Promise<string>,
): Promise<void> {
  const wanted = ref === undefined || COMMIT.test(ref) ? commit : ref
  try {
    await run(['fetch', '-q', '--depth=1', '--no-tags', 'origin', '--', wanted])
    await run(['cat-file', '-e', `${commit}^{commit}`])
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    await run(['fetch', '-q', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*'])
    await run(['cat-file', '-e', `${commit}^{commit}`])
  }
}

/**
 * Makes of Git's own files what goes into an image. The branch or tag that was asked for leads to the commit, as
 * `git describe` wants it; who fetched, when and with which password is in none of them.
 */
async function settleGitFolder(
  { remote, ref }: GitAddress,
  folder: string,
  run: (args: readonly string[]) => Promise<string>,
): Promise<void> {
  const fetched = join(folder, '.git/FETCH_HEAD')
  for (const line of readFileSync(fetched, 'utf8').split('\n')) {
    const [, id = '', kind, name = ''] = FETCHED.exec(line) ?? []
    if (name === '' || (ref !== name && !ref?.endsWith(`/${name}`))) continue
    await run(['update-ref', `refs/${kind === 'tag' ? 'tags' : 'heads'}/${name}`, id])
  }
  await run(['remote', 'set-url', 'origin', withoutPassword(remote)])
  rmSync(fetched)
  rmSync(join(folder, '.git/logs'), { force: true, recursive: true })
}

/** A line of FETCH_HEAD; git-fetch(1). */
const FETCHED = /^([0-9a-f]+)\t[^\t]*\t(branch|tag) '(.+)' of /

/** A user without a password may be a token, but not with SSH. */
function withoutPassword(remote: string): string {
  return remote.startsWith('http') ? withoutUser(remote) : remote.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1@')
}

/** Submodules have a file of that name that leads to their part of it. */
function removeGitFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.name === '.git') rmSync(path, { recursive: true })
    else if (entry.isDirectory()) removeGitFolders(path)
  }
}

const MOST_CHECKOUTS = 16
/** A build may still read one that is old. */
const UNUSED_MS = 86_400_000

function removeOld(folder: string): void {
  const found = namesIn(folder).map(name => {
    const path = join(folder, name)
    return { path, name, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }
  })
  const old = found.toSorted((a, b) => b.time - a.time).slice(MOST_CHECKOUTS)
  for (const { path, name, time } of found) {
    const isOld = old.some(other => other.name === name) && time < Date.now() - UNUSED_MS
    if (name.startsWith('tmp-') ? isAbandoned(name) : isOld) rmSync(path, { force: true, recursive: true })
  }
}

/** Runs git and returns what it writes. It asks nobody for a password. */
function git(args: readonly string[], { environment, signal }: GitOptions): Promise<string> {
  const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', ...args], {
    env: { ...environment, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', GIT_SSH_COMMAND: sshCommand(environment) },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', cause => reject(signal.aborted ? signal.reason : notStarted(cause)))
    child.on('close', code => {
      if (code === 0) resolve(Buffer.concat(output).toString())
      else reject(new GitFailure(lastLine(Buffer.concat(errors).toString()) ?? `git ended with ${code}`))
    })
  })
}

function sshCommand(environment: NodeJS.ProcessEnv): string {
  return environment['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes'
}

function notStarted(cause: Error): Error {
  if (errnoNameOf(cause) !== 'ENOENT') return cause
  return new GitFailure('the program "git" is not installed', { cause })
}

/** Git says what went wrong in lines that begin with `fatal:`. */
function lastLine(text: string): string | undefined {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const said = lines.find(line => /^(fatal|error|remote): /i.test(line)) ?? lines.at(-1)
  return said?.replace(/^(fatal|error): /i, '').replace(/:\/\/[^/@\s]*@/g, '://')
}
