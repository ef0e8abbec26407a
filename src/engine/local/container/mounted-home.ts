import { fstatSync, openSync } from 'node:fs'
import { parseAbsolutePath } from '../../../base/absolute-path.ts'
import { assertNever } from '../../../base/assert-never.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { bytePath } from '../../../disk/byte-path.ts'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import { openRegularFile } from '../../../disk/open-regular-file.ts'
import { O_PATH } from '../../../disk/openat2.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import { accountsIn } from '../../../runtime/rootfs/user-files.ts'
import { resolveMounts } from '../mount/resolve-mounts.ts'
import type { ResolvedMount } from '../mount/resolved-mount.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { ACCOUNTS, coversAccounts } from './covers-accounts.ts'

/**
 * Returns HOME of `uid` by the /etc/passwd that a mount puts in place of the image's, as runc takes it from the file
 * that the process sees; undefined where no mount does. Only the image resolves a name.
 *
 * @throws {TcomposeError} `image-invalid` for a file that is too large.
 */
export function mountedHome(mounts: readonly ResolvedMount[], uid: number): string | undefined {
  const at = (wanted: string) => mounts.find(({ mount }) => mount.destination === wanted)
  const mount = at(ACCOUNTS.file) ?? at(ACCOUNTS.folder)
  if (mount === undefined) return undefined
  using file = openAccounts(mount)
  if (file === undefined) return '/'
  for (const account of accountsIn(file, `${ACCOUNTS.file}, which is mounted`)) {
    if (account.uid === uid) return account.home || '/'
  }
  return '/'
}

/**
 * Does `mountedHome` for a container that runs: what it was given may be gone from the host, and then the image counts.
 */
export function mountedHomeOf(roots: Roots, entry: ContainerEntry, uid: number): string | undefined {
  const { spec, anonymousVolumes, sharedMounts = [] } = entry
  const mounts = spec.config.mounts.filter(coversAccounts)
  const volumes = anonymousVolumes.filter(coversAccounts)
  const shared = sharedMounts.filter(coversAccounts)
  const covering = { ...spec, config: { ...spec.config, mounts } }
  try {
    return mountedHome(
      resolveMounts(roots, { ...entry, spec: covering, anonymousVolumes: volumes, sharedMounts: shared }),
      uid,
    )
  } catch (error) {
    if (error instanceof TcomposeError && error.code !== 'image-invalid') return undefined
    throw error
  }
}

/** Containers and users may change what lies below a mount's source: only a regular file is opened, and beneath it. */
function openAccounts({ mount, extras: { files } }: ResolvedMount): OpenedFile | undefined {
  switch (files.kind) {
    case 'empty':
    case 'content':
    case 'node':
    case 'held':
      return undefined
    case 'layers':
      return openInTree(files.folders, 'passwd')
    case 'host': {
      const { isFile, beneath } = files
      if (isFile !== (mount.destination === ACCOUNTS.file)) return undefined
      if (beneath === undefined)
        return isFile ? openHostFile(mount.source) : openInTree([mount.source], 'passwd')
      return isFile
        ? openRegularFile(placeIn(beneath.root, beneath.path))
        : openInTree([beneath.root], `${beneath.path}/passwd`)
    }
    default:
      return assertNever(files)
  }
}

function openInTree(folders: readonly string[], path: string): OpenedFile | undefined {
  const entry = new LayeredTree(folders.map(parseAbsolutePath)).lookup(path)
  return entry === undefined ? undefined : openRegularFile(entry)
}

function placeIn(folder: string, path: string): Parameters<typeof openRegularFile>[0] {
  const layer = bytePath(folder === '/' ? '' : folder)
  return { layer, hostPath: `${layer}/${bytePath(path)}` }
}

/** The source of a bind is the user's, so links on the way are followed, as mounting it does. */
function openHostFile(path: string): OpenedFile | undefined {
  using found = openedFile(openSync(path, O_PATH))
  return fstatSync(found.fd).isFile() ? openedFile(openSync(`/proc/self/fd/${found.fd}`, 'r')) : undefined
}
