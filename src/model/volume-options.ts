/** What the local driver mounts in place of a folder of its own: `driver_opts` of a volume. */
export interface VolumeOptions {
  /** A file system of the kernel, or `none` for a bind. */
  readonly type: string
  readonly device: string
  /** Mount options as for mount(8), separated by commas. @default none */
  readonly o?: string
}

/** What the files of a volume are. */
export type VolumeSource =
  /** A folder that tcompose made. */
  | { readonly kind: 'folder' }
  /** A folder of the host. */
  | { readonly kind: 'bind'; readonly path: string; readonly recursive: boolean; readonly readOnly: boolean }
  /** A file system that is mounted while a container uses it. */
  | {
      readonly kind: 'filesystem'
      readonly type: string
      readonly device: string
      readonly options: readonly string[]
    }

/** Returns what a volume with `options` is. */
export function volumeSource(options: VolumeOptions | undefined): VolumeSource {
  if (options === undefined) return { kind: 'folder' }
  const { type, device, o = '' } = options
  const words = o.split(',').filter(word => word !== '')
  const recursive = words.includes('rbind')
  if (recursive || words.includes('bind'))
    return { kind: 'bind', path: device, recursive, readOnly: words.includes('ro') }
  return { kind: 'filesystem', type, device, options: words }
}
