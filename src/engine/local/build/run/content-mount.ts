import type { MountFiles } from '../../../../runtime/launch/container-launch.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'

/** A file in memory to show to a command. */
export interface ContentMount {
  readonly target: string
  /** What errors call it. */
  readonly label: string
  /** Of mount(8). */
  readonly options: readonly string[]
  readonly file: Omit<Extract<MountFiles, { kind: 'content' }>, 'kind'>
}

/** Returns the mount of a file that is on no disk. */
export function contentMount({ target, label, options, file }: ContentMount): ResolvedMount {
  return {
    mount: { destination: target, type: 'tmpfs', source: 'tmpfs', options },
    extras: { label, origin: undefined, files: { kind: 'content', ...file } },
  }
}
