import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { type AbsolutePath, parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { sha256Hex } from '../../../../base/sha256.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath, displayPath } from '../../../../disk/byte-path.ts'
import { temporaryName } from '../../../../disk/temporary-name.ts'
import type { BuildContext } from '../../../../model/build.ts'
import { parseGitAddress } from '../../../../model/git-address.ts'
import { type ArchiveKind, archiveKind } from './archive-kind.ts'
import { openDestination } from './destination-folder.ts'
import { fetchUrl } from './fetch-url.ts'
import { type FetchedFile, FetchedFiles, withoutUser } from './fetched-files.ts'
import { fileNameOf } from './file-name-of-url.ts'
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

/**
 * Fetches a context that a Dockerfile names: a Git repository, or a folder with the one file that is behind a URL, which is
 * not unpacked whatever it is.
 *
 * @throws {TcomposeError} `build-context` if it cannot be had.
 */
export async function fetchNamedContext(
  context: RemoteContext,
  options: RemoteOptions,
): Promise<FetchedContext> {
  if (context.kind === 'git') return await fetchContext(context, options)
  const { url } = context
  const folders = fetchedFolders(options.folder)
  const file = await fetchUrl({
    ...options,
    url,
    code: 'build-context',
    files: new FetchedFiles(folders.files),
  })
  const name = fileNameOf(url)
  const { mtime } = statSync(file.path)
  const folder = await makeOnce(
    folders.unpacked,
    sha256Hex(JSON.stringify([name, file.sha256, mtime])),
    made => {
      copyFileSync(file.path, join(made, name), constants.COPYFILE_FICLONE)
      chmodSync(join(made, name), 0o600)
      utimesSync(join(made, name), mtime, mtime)
    },
  )
  return { kind: 'folder', path: parseAbsolutePath(folder), keepsOwners: false }
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
  return await makeOnce(options.folder, file.sha256, async folder => {
    const root = openDestination(folder, undefined)
    const pace = new Pace(options.signal)
    await unpackArchive({ file: bytePath(file.path), kind, folder: root, owner: undefined, pace })
    root.finish()
  })
}

/** Returns the folder `name` of `parent`, which `fill` is called for if it is not there. */
async function makeOnce(
  parent: string,
  name: string,
  fill: (folder: string) => Promise<void> | void,
): Promise<string> {
  const folder = join(parent, name)
  if (existsSync(folder)) return folder
  const temporary = join(parent, temporaryName())
  mkdirSync(temporary, { recursive: true, mode: 0o755 })
  try {
    await fill(temporary)
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
