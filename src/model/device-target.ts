import { forbiddenTarget } from './mount-target.ts'

/** Folders of the container that are file systems of their own, mounted after the nodes of /dev were made. */
const OWN_FOLDERS: readonly string[] = ['/dev/pts', '/dev/shm', '/dev/mqueue', '/dev/fd']

/** Nodes and links that every container has. */
const OWN_PLACES: ReadonlySet<string> = new Set([
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'stdin', 'stdout', 'stderr', 'core'].map(
    name => `/dev/${name}`,
  ),
  ...OWN_FOLDERS,
])

/** Tells whether a container has something of its own at `path`, whatever its service asks for. */
export function isOwnDevicePlace(path: string): boolean {
  return OWN_PLACES.has(path) || OWN_FOLDERS.some(folder => path.startsWith(`${folder}/`))
}

/**
 * Completes "Cannot make a device at ...: " where none can be made at `target`, a clean absolute path, from `source`. A
 * node that every container has may be asked for at its own place.
 */
export function forbiddenDeviceTarget(target: string, source: string): string | undefined {
  if (target.startsWith('/sys/') || target === '/sys')
    return 'it is in /sys, which is reserved for the kernel'
  if (target === '/dev') return source === '/dev' ? undefined : "it is the container's own /dev"
  if (isOwnDevicePlace(target) && target !== source) return 'every container has its own there'
  return forbiddenTarget(target)
}
