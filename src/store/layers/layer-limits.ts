/** How much one layer may hold before it is taken for an attack. */
export interface LayerLimits {
  readonly entries: number
  /** Bytes of the uncompressed archive; also those of all its files together, holes included. */
  readonly bytes: number
  /** An archive of more than `freeBytes` may have so many times the bytes of its blob. */
  readonly ratio: number
  readonly freeBytes: number
  /** Folders that a later entry of the same layer replaces by something else. */
  readonly replacedFolders: number
}

/** Several times what the largest images in use have. */
export const LAYER_LIMITS: LayerLimits = {
  entries: 1_000_000,
  bytes: 64 * 1024 ** 3,
  ratio: 200,
  freeBytes: 1024 ** 3,
  replacedFolders: 1000,
}

/** Returns the most bytes that the archive of a blob may have. */
export function mostArchiveBytes({ bytes, ratio, freeBytes }: LayerLimits, blobSize: number): number {
  return Math.min(bytes, Math.max(freeBytes, ratio * blobSize))
}
