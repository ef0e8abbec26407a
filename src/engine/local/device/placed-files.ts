import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { ModelPath } from '../../../base/model-path.ts'
import { displayPath } from '../../../disk/byte-path.ts'
import type { LayeredTree } from '../../../disk/layered-tree.ts'
import { openRegularFile } from '../../../disk/open-regular-file.ts'
import type { PlacedFile } from '../../../runtime/launch/container-launch.ts'
import type { ContainerDevices } from './container-devices.ts'
import { type FoundLibrary, imageLibraries, mountedLibraries } from './libraries/find-libraries.ts'
import { type LdCache, readLdCache, writeLdCache } from './libraries/ld-cache.ts'

/** What ld.so(8) and ldconfig(8) read. */
const CACHE = '/etc/ld.so.cache'
const CONFIGURATION = '/etc/ld.so.conf.d'
const OWN_CONFIGURATION = `${CONFIGURATION}/00-tcompose-devices.conf`

/** Where NVIDIA's images have the libraries of a newer driver. */
const CUDA_COMPATIBILITY = '/usr/local/cuda/compat'

/** A cache larger than any that is known is not carried over: a launch has to fit into one message of the keeper. */
const MOST_CACHE_BYTES = 512 * 1024

/**
 * Returns what is to be put into a container for programs to find the libraries of its devices, as ldconfig(8) would do
 * it: a link for what each library calls itself, and an entry in the cache. `image` is the container's own files.
 */
export function placedFiles(
  devices: ContainerDevices,
  image: LayeredTree,
  origin: ModelPath | undefined,
): readonly PlacedFile[] {
  const links = devices.links.map(link => ({ kind: 'link', ...link }) as const)
  const compatible = compatibleLibraries(devices, image)
  const own = devices.libraryFolders.flatMap(folder => mountedLibraries(folder, devices.mounts))
  const libraries = [...compatible, ...own]
  if (libraries.length === 0) return links
  const folders = [...new Set(libraries.map(({ path }) => posix.dirname(path)))]
  const cache = withLibraries(cacheOf(image), libraries)
  return [
    ...links,
    ...own.flatMap(library => sonameLink(library, origin)),
    ...(image.lookup(CONFIGURATION)?.stats.isDirectory() === true
      ? [{ kind: 'file', path: OWN_CONFIGURATION, content: linesOf(folders), origin } as const]
      : []),
    { kind: 'file', path: CACHE, content: writeLdCache(cache), origin },
  ]
}

function sonameLink({ path, soname }: FoundLibrary, origin: ModelPath | undefined): readonly PlacedFile[] {
  const name = posix.basename(path)
  if (name === soname || soname.includes('/')) return []
  return [{ kind: 'link', path: posix.join(posix.dirname(path), soname), target: name, origin }]
}

/** Libraries of an image count where they are of a later major version than the driver. */
function compatibleLibraries({ cudaDriver }: ContainerDevices, image: LayeredTree): readonly FoundLibrary[] {
  if (cudaDriver === undefined) return []
  const versions = (image.readDir(CUDA_COMPATIBILITY) ?? []).flatMap(({ name }) => {
    const [, major] = /^libcuda\.so\.(\d+)\.\d/.exec(displayPath(name)) ?? []
    return major === undefined ? [] : [Number(major)]
  })
  const isNewer = versions.some(major => major > Number.parseInt(cudaDriver, 10))
  return isNewer ? imageLibraries(CUDA_COMPATIBILITY, image) : []
}

function cacheOf(image: LayeredTree): LdCache {
  const none: LdCache = { entries: [], hwcaps: [] }
  const entry = image.lookup(CACHE)
  if (entry === undefined || entry.stats.size > MOST_CACHE_BYTES) return none
  using file = openRegularFile(entry)
  return file === undefined ? none : (readLdCache(readFileSync(file.fd)) ?? none)
}

/** The first library of a name counts, and before what the cache has for it. */
function withLibraries({ entries, hwcaps }: LdCache, libraries: readonly FoundLibrary[]): LdCache {
  const added = new Map<string, LdCache['entries'][number]>()
  for (const { soname: name, flags, path } of libraries) {
    const key = `${flags} ${name}`
    if (!added.has(key)) added.set(key, { flags, name, path, hwcap: 0n })
  }
  const kept = entries.filter(({ flags, name }) => !added.has(`${flags} ${name}`))
  return { entries: [...added.values(), ...kept], hwcaps }
}

function linesOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map(line => `${line}\n`).join(''))
}
