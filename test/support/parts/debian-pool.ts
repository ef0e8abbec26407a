import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { runTool } from './run-tool.ts'

/** Packages of a release to fetch, with all that they depend on. */
export interface PackageRequest {
  readonly names: readonly string[]
  /** Dependencies that the programs run without. */
  readonly leaveOut: RegExp
}

/**
 * Downloads packages and their dependencies through the machine's apt sources and returns the paths of the files.
 * apt uses a state of its own in the checkout's cache, in which nothing is installed: the machine's state is not
 * changed, and the result does not depend on what is installed there.
 *
 * @throws {Error} If there is no apt-get, or a package cannot be downloaded.
 */
export async function downloadPackages(request: PackageRequest): Promise<readonly string[]> {
  const pool = cacheFolder('debian', 'pool')
  try {
    return await download(request, pool)
  } catch {
    // The lists are missing, or name files that the mirror has replaced.
    await apt(['update', '-qq', '--error-on=any'])
    return download(request, pool)
  }
}

async function download({ names, leaveOut }: PackageRequest, pool: string): Promise<readonly string[]> {
  const listing = await apt(['install', '--yes', '--print-uris', '--no-install-recommends', ...names])
  const wanted = [...listing.matchAll(/^'[^']+' (\S+_\S+\.deb) \d+/gm)]
    .map(([, file]) => file ?? '')
    .filter(file => !leaveOut.test(packageName(file)))
  if (wanted.length === 0) throw new Error(`Cannot find packages ${names.join(', ')}: apt lists none`)
  const absent = wanted.filter(file => !existsSync(join(pool, file)))
  if (absent.length > 0) await apt(['download', '-qq', ...absent.map(packageName)], pool)
  return wanted.map(file => join(pool, file))
}

function packageName(file: string): string {
  return file.slice(0, file.indexOf('_'))
}

/** One apt-get at a time works on the state: flock(1) waits for another test run. */
function apt(args: readonly string[], cwd?: string): Promise<string> {
  const root = cacheFolder('debian', 'apt')
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  const status = join(root, 'status')
  if (!readdirSync(root).includes('status')) writeFileSync(status, '')
  const options = [
    `Dir::State=${join(root, 'state')}`,
    `Dir::State::status=${status}`,
    `Dir::Cache=${join(root, 'cache')}`,
    'Dir::Cache::pkgcache=pkgcache.bin',
    'Dir::Cache::srcpkgcache=srcpkgcache.bin',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    'APT::Sandbox::User=root',
    'Debug::NoLocking=1',
  ]
  return runTool(
    'flock',
    [join(root, 'lock'), 'apt-get', ...options.flatMap(option => ['-o', option]), ...args],
    cwd,
  )
}
