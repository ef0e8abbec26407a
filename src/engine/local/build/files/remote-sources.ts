import { join } from 'node:path'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { digestHex } from '../../../../base/digest.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import { type GitAddress, parseGitAddress } from '../../../../model/git-address.ts'
import type { CopySource } from '../../../../planner/build/build-graph.ts'
import { type FetchProgress, fetchUrl } from './fetch-url.ts'
import { type FetchedFile, FetchedFiles, withoutUser } from './fetched-files.ts'
import { fileNameOf } from './file-name-of-url.ts'
import { findSource } from './find-source.ts'
import { openFolderContext } from './folder-context.ts'
import { checkOut, findCommit, type GitCheckout, GitFailure, type GitOptions } from './git-checkout.ts'
import type { ResolvedSource, Selection } from './resolve-source.ts'
import { singleFileTree } from './single-file-tree.ts'
import { memoFile } from './stat-memo.ts'

/** A source that is fetched. */
export type RemoteSource = Extract<CopySource, { readonly kind: 'url' | 'git' }>
type UrlSource = Extract<RemoteSource, { readonly kind: 'url' }>
type GitSource = Extract<RemoteSource, { readonly kind: 'git' }>

/**
 * Sources that are fetched: files behind URLs and Git repositories. What is fetched once stays the same for a build.
 */
export interface RemoteSources {
  /** Returns text that is the same where what is fetched is. */
  digestOf(source: RemoteSource): Promise<string>
  /** Fetches what `source` names. */
  open(source: RemoteSource): Promise<ResolvedSource>
}

/** What fetching needs. */
export interface RemoteOptions {
  /** Where builds keep what outlives them; see `fetchedFolders`. */
  readonly folder: string
  /** Where the proxies are named, and what git sees. */
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly onProgress?: (progress: FetchProgress) => void
}

/** Returns the folders below `folder` that hold fetched files, checkouts and unpacked archives. */
export function fetchedFolders(folder: string): {
  readonly files: string
  readonly checkouts: string
  readonly unpacked: string
} {
  return {
    files: join(folder, 'fetched'),
    checkouts: join(folder, 'git'),
    unpacked: join(folder, 'unpacked'),
  }
}

/**
 * Opens the remote sources of a build. Each is fetched once. Its methods throw a `TcomposeError` `build-source` at the
 * source that cannot be had.
 */
export function openRemoteSources(options: RemoteOptions): RemoteSources {
  const folders = fetchedFolders(options.folder)
  const files = new FetchedFiles(folders.files)
  const fetched = new Map<string, Promise<FetchedFile>>()
  const commits = new Map<string, Promise<GitCheckout>>()
  const fetch = (source: UrlSource) =>
    once(fetched, `${source.url} ${source.checksum}`, () =>
      fetchUrl({
        ...options,
        files,
        url: source.url,
        span: source.span,
        code: 'build-source',
        ...(source.checksum !== undefined && { sha256: digestHex(source.checksum) }),
      }),
    )
  const git = { ...options, folder: folders.checkouts }
  const locate = (source: GitSource) =>
    once(commits, `${source.url} ${source.keepsGitDir} ${source.checksum}`, () => locateCommit(source, git))
  return {
    digestOf: async source =>
      source.kind === 'url' ? await urlDigest(source, fetch) : gitDigest(await locate(source)),
    open: async source =>
      source.kind === 'url'
        ? openFile(source, await fetch(source))
        : await openCheckout(source, await locate(source), { git, buildFolder: options.folder }),
  }
}

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(key) ?? make()
  made.set(key, known)
  return known
}

const EVERYTHING: Selection = { includes: undefined, excludes: undefined }

/** What a checksum fixes needs not be fetched to be known. */
async function urlDigest(
  source: UrlSource,
  fetch: (source: UrlSource) => Promise<FetchedFile>,
): Promise<string> {
  const name = fileNameOf(source.url)
  if (source.checksum !== undefined) return JSON.stringify([name, digestHex(source.checksum)])
  const { sha256, lastModified = '' } = await fetch(source)
  return JSON.stringify([name, sha256, lastModified])
}

/** BuildKit makes what it fetches readable for root only. */
function openFile({ url }: UrlSource, { path, size, sha256 }: FetchedFile): ResolvedSource {
  const name = fileNameOf(url)
  const tree = singleFileTree({ hostPath: path, name, mode: 0o600, size, sha256 })
  return { tree, entry: tree.root, name: bytePath(name), selection: EVERYTHING }
}

async function locateCommit(source: GitSource, options: GitOptions): Promise<GitCheckout> {
  return await withPlace(source, async () => {
    const parsed = parseGitAddress(source.url)
    const checksum = source.checksum ?? parsed.checksum
    const address: GitAddress = { ...parsed, checksum }
    const commit = await findCommit(address, options)
    return { address, commit, keepsGitDir: parsed.keepsGitDir ?? source.keepsGitDir }
  })
}

function gitDigest({ address, commit, keepsGitDir }: GitCheckout): string {
  return JSON.stringify([commit, address.folder ?? '', keepsGitDir, address.hasSubmodules])
}

interface CheckoutOptions {
  readonly git: GitOptions
  readonly buildFolder: string
}

async function openCheckout(
  source: GitSource,
  checkout: GitCheckout,
  { git, buildFolder }: CheckoutOptions,
): Promise<ResolvedSource> {
  const folder = await withPlace(source, () => checkOut(checkout, git))
  const memo = memoFile(buildFolder, folder)
  const tree = openFolderContext({ folder: parseAbsolutePath(folder), ignoreFile: undefined, memo })
  const entry = findSource(tree, bytePath(checkout.address.folder ?? ''))
  if (entry === undefined) throw gitError(source, `it has no folder "${checkout.address.folder}"`)
  return { tree, entry, name: '', selection: EVERYTHING }
}

async function withPlace<T>(source: GitSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GitFailure || error instanceof SyntaxError)
      throw gitError(source, error.message, error)
    throw error
  }
}

function gitError({ url, span }: GitSource, problem: string, cause?: unknown): TcomposeError {
  return new TcomposeError('build-source', `Cannot fetch "${withoutUser(url)}": ${problem}`, {
    span,
    hint: problem.includes('not installed')
      ? 'Install git, or copy the files from the build context'
      : 'Check the address, the branch or tag, and that this machine may read it',
    cause,
  })
}
