import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseAbsolutePath } from '../../base/absolute-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { checkOut, findCommit, GitFailure } from '../../engine/local/build/files/git-checkout.ts'
import { type GitAddress, isGitSource, parseGitAddress } from '../../model/git-address.ts'
import type { RemoteFiles } from '../../parser/load-request.ts'
import { DEFAULT_NAMES } from '../../parser/locate/locate-files.ts'
import type { RemotePlace } from './remote-place.ts'

/**
 * Gets the Compose file of a Git repository, `https://host/repository.git#REF:FOLDER`, with all that lies beside it, into a
 * folder of its commit. FOLDER may be the file itself.
 *
 * @throws {TcomposeError} `bad-value` for an address that is none; `git-repository` if it cannot be had.
 */
export async function fetchRepository(
  address: string,
  { folder, environment, signal }: RemotePlace,
): Promise<Extract<RemoteFiles, { kind: 'fetched' }>> {
  const parsed = parse(address)
  const options = {
    folder: join(folder, 'git'),
    environment: Object.fromEntries(environment),
    signal: signal(),
    keepsAll: true,
  }
  try {
    const commit = await findCommit(parsed, options)
    const root = await checkOut({ address: parsed, commit, keepsGitDir: false }, options)
    const path = composeFile(root, parsed.folder ?? '')
    const name = `${nameOf(address, parsed)}${path.slice(root.length + 1)}`
    const project = basename(parsed.folder ?? parsed.remote).replace(/\.(git|ya?ml)$/, '')
    return { kind: 'fetched', files: [{ path: parseAbsolutePath(path), name }], project }
  } catch (error) {
    if (error instanceof GitFailure) throw failed(address, error.message, error)
    throw error
  }
}

function parse(address: string): GitAddress {
  try {
    if (!isGitSource(address) && !address.startsWith('github.com/'))
      throw new SyntaxError('it is neither a published project nor a Git repository')
    return parseGitAddress(address)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TcomposeError('bad-value', `Cannot read "${address}": ${error.message}`, {
      hint: 'Write oci://NAME, or the address of a repository: https://host/repository.git#REF:FOLDER',
      cause: error,
    })
  }
}

/** @throws {GitFailure} If there is none, or it is outside of the repository. */
function composeFile(root: string, inside: string): string {
  const start = join(root, inside)
  const found = statSync(start, { throwIfNoEntry: false })
  if (found === undefined) throw new GitFailure(`it has no "${inside}"`)
  const path = found.isDirectory()
    ? DEFAULT_NAMES.map(name => join(start, name)).find(name => existsSync(name))
    : start
  const place = inside === '' ? 'its top folder' : `"${inside}"`
  if (path === undefined) throw new GitFailure(`${place} has no ${DEFAULT_NAMES[0]}`)
  if (!realpathSync(path).startsWith(`${realpathSync(root)}/`))
    throw new GitFailure(`${place} is a link that leads out of it`)
  return path
}

/** The address up to where the path in the repository begins. */
function nameOf(address: string, { ref }: GitAddress): string {
  const [remote = ''] = address.split(/[#?]/, 1)
  return `${remote}#${ref ?? 'HEAD'}:`
}

function failed(address: string, problem: string, cause: Error): TcomposeError {
  const shown = address.replace(/:\/\/[^/@\s]*@/, '://')
  return new TcomposeError('git-repository', `Cannot read "${shown}": ${problem}`, {
    hint: 'Check the address: https://host/repository.git#REF:FOLDER',
    cause,
  })
}
