import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { formatBytes } from '../../../base/bytes.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { fileSystemAt, type MountedFileSystem } from '../../../linux/file-system-at.ts'
import { type ProjectQuotaState, projectQuotaState } from '../../../linux/project-quota.ts'
import type { Service } from '../../../model/service.ts'

/** Returns why the files of a service below `folder` cannot be limited as it says; undefined if they can. */
export function quotaProblem(
  { name, storageSize }: Pick<Service, 'name' | 'storageSize'>,
  folder: string,
): TcomposeError | undefined {
  if (storageSize === undefined) return undefined
  const place = existing(folder)
  const state = quotaStateAt(place)
  if (state === 'enforced') return undefined
  const fileSystem = fileSystemAt(place)
  const { type, options } = fileSystem
  const does = state === 'counted' ? 'counts the files of projects and limits none' : 'has no project quotas'
  const message = `Cannot limit the files of service "${name}" to ${formatBytes(storageSize)}: "${folder}" is on ${type} (${options.join(',')}), which ${does}`
  const origin = servicePath(name, 'storage_opt', 'size')
  return new TcomposeError('missing-kernel-feature', message, { hint: remedy(fileSystem), origin })
}

function quotaStateAt(path: string): ProjectQuotaState {
  const fd = openSync(path, 'r')
  try {
    return projectQuotaState(fd)
  } finally {
    closeSync(fd)
  }
}

/** Nothing may have been made yet. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path))
}

function remedy({ type, source }: MountedFileSystem): string {
  switch (type) {
    case 'ext4':
      return `Unmount it, run "tune2fs -O project -Q prjquota ${source}", and mount it with "prjquota"; Linux 5.14 or later is needed`
    case 'xfs':
      return 'Mount it with "pquota", or start the kernel with "rootflags=pquota" if it is the root; Linux 5.14 or later is needed'
    default:
      return 'Name a folder in TCOMPOSE_DATA that is on xfs mounted with "pquota", or on ext4 mounted with "prjquota"; or remove "storage_opt"'
  }
}
