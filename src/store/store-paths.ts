/** Where a store is. */
export interface StorePaths {
  /** The folder with `images` (blobs, index, records, leases) and `layers` (unpacked). */
  readonly data: string
}
