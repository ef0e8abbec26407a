import type { VolumeOptions } from './volume-options.ts'

/** A named volume of a project, normalised. */
export interface Volume {
  /** The key in the file. */
  readonly key: string
  /** The real name: `<project>_<key>` unless the file names it. */
  readonly name: string
  readonly external: boolean
  readonly labels: ReadonlyMap<string, string>
  /** @default a folder */
  readonly options?: VolumeOptions
}
