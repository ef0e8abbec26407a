import { type ContainerId, shortId } from '../../../model/names.ts'
import { serviceFileLabel } from '../../../model/service-file.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** Returns how the names of all files start that the keeper keeps for a container. */
export function keptFilesPrefix(id: ContainerId): string {
  return `files/${shortId(id)}/`
}

/** Returns the name under which the keeper keeps secret or config `index` of a container. */
export function keptFileName(id: ContainerId, index: number): string {
  return `${keptFilesPrefix(id)}${index}`
}

/**
 * Returns the mounts of a container's secrets and configs: files in memory that is never swapped out, read-only. A config may be
 * a program, such as an entry point.
 */
export function serviceFileMounts({ id, spec }: ContainerEntry): readonly ResolvedMount[] {
  return (spec.config.files ?? []).map((file, index) => ({
    mount: {
      destination: file.target,
      type: 'ramfs',
      source: 'ramfs',
      options: ['nosuid', 'nodev', ...(file.kind === 'secret' ? ['noexec'] : [])],
    },
    extras: {
      label: serviceFileLabel(file),
      origin: file.origin,
      files: {
        kind: 'held',
        name: keptFileName(id, index),
        mode: file.mode,
        uid: file.uid,
        gid: file.gid,
      },
    },
  }))
}
