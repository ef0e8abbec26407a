import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type AbsolutePath, parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath, displayPath } from '../../../../disk/byte-path.ts'
import { temporaryName } from '../../../../disk/temporary-name.ts'
import type { BuildContext } from '../../../../model/build.ts'
import { parseGitAddress } from '../../../../model/git-address.ts'
import { type ArchiveKind, archiveKind } from './archive-kind.ts'
import { openDestination } from './destination-folder.ts'
import { fetchUrl } from './fetch-url.ts'
import { type FetchedFile, FetchedFiles, withoutUser } from './fetched-files.ts'
import { findSource } from './find-source.ts'
import { openFolderContext } from './folder-context.ts'
import { checkOut, findCommit, GitFailure } from './git-checkout.ts'
import { Pace } from './pace.ts'
import { fetchedFolders, type RemoteOptions } from './remote-sources.ts'
import { memoFile } from './stat-memo.ts'
import { unpackArchive } from './unpack-archive.ts'

/** A context that is somewhere else. */
export type RemoteContext = Extract<BuildContext, { readonly kind: 'git' | 'url' }>

/** What a remote context is when it is here. No ignore file counts for it. */
export type FetchedContext =
  | {
      readonly kind: 'folder'
      readonly path: AbsolutePath
      /** Whether owners are those of an archive, which stay. */
      readonly keepsOwners: boolean
    }
  /** A context that is no archive is a Dockerfile, with no files. */
  | { readonly kind: 'dockerfile'; readonly text: string }

/**
 * Fetches a context that is a Git repository, an archive or a Dockerfile behind a URL.
 *
 * @throws {TcomposeError} `build-context` if it cannot be had.
 */
export async function fetchContext(context: RemoteContext, options: RemoteOptions): Promise<FetchedContext> {
  try {
    return context.kind === 'git'
      ? await fetchRepository(context.url, options)
      : await fetchFile(context.url, options)
  } catch (error) {
    if (!(error instanceof GitFailure || error instanceof SyntaxError)) throw error
    throw contextError(context.url, error.message, error)
  }
}

async function fetchRepository(url: string, options: RemoteOptions): Promise<FetchedContext> {
  const address = parseGitAddress(url)
  const { checkouts } = fetchedFolders(options.folder)
  const git = { ...options, folder: checkouts }
  const commit = await findCommit(address, git)
  const folder = await checkOut({ address, commit, keepsGitDir: address.keepsGitDir ?? false }, git)
  const memo = memoFile(options.folder, folder)
  const tree = openFolderContext({ folder: parseAbsolutePath(folder), ignoreFile: undefined, memo })
  const found = findSource(tree, bytePath(address.folder ?? ''))
  if (found?.kind !== 'folder') throw new GitFailure(`it has no folder "${address.folder}"`)
  const path = parseAbsolutePath(displayPath(tree.hostPathOf(found)))
  return { kind: 'folder', path, keepsOwners: false }
}

/** A Dockerfile of more bytes is none. */
const LARGEST_DOCKERFILE = 1024 * 1024

async function fetchFile(url: string, options: RemoteOptions): Promise<FetchedContext> {
  const folders = fetchedFolders(options.folder)
  const files = new FetchedFiles(folders.files)
  const file = await fetchUrl({ ...options, url, code: 'build-context', files })
  const kind = await archiveKind(bytePath(file.path))
  if (kind !== undefined) {
    const path = await unpackOnce(file, kind, { ...options, folder: folders.unpacked })
    return { kind: 'folder', path: parseAbsolutePath(path), keepsOwners: true }
  }
  if (statSync(file.path).size > LARGEST_DOCKERFILE) {
    throw new SyntaxError('it is neither an archive nor a Dockerfile')
  }
  return { kind: 'dockerfile', text: readFileSync(file.path, 'utf8') }
}

async function unpackOnce(file: FetchedFile, kind: ArchiveKind, options: RemoteOptions): Promise<string> {
  const folder = join(options.folder, file.sha256)
  if (existsSync(folder)) return folder
  const temporary = join(options.folder, temporaryName())
  mkdirSync(temporary, { recursive: true, mode: 0o755 })
  try {
    const root = openDestination(temporary, undefined)
    const pace = new Pace(options.signal)
    await unpackArchive({ file: bytePath(file.path), kind, folder: root, owner: undefined, pace })
    root.finish()
    if (!existsSync(folder)) renameSync(temporary, folder)
    return folder
  } finally {
    rmSync(temporary, { force: true, recursive: true })
  }
}

function contextError(url: string, problem: string, cause: unknown): TcomposeError {
  return new TcomposeError('build-context', `Cannot fetch build context "${withoutUser(url)}": ${problem}`, {
    hint: problem.includes('not installed')
      ? 'Install git, or use a folder as context'
      : 'Check the address, the branch or tag, and that this machine may read it',
    cause,
  })
}
