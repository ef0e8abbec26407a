/** How much one layer may hold before it is taken for an attack. */
export interface LayerLimits {
  readonly entries: number
  /** Bytes of the uncompressed archive. */
  readonly bytes: number
  /** Folders that a later entry of the same layer replaces by something else. */
  readonly replacedFolders: number
}

/** Several times what the largest images in use have. */
export const LAYER_LIMITS: LayerLimits = {
  entries: 1_000_000,
  bytes: 64 * 1024 ** 3,
  replacedFolders: 1000,
}
