/** How far the fetching of an image is. Only the layers count that were not there before. */
export interface FetchProgress {
  /** Everything is downloaded; unpacking continues. */
  readonly isAllHere: boolean
  /** The name leads to the image that it led to before, of which nothing was missing. @default false */
  readonly isUnchanged?: boolean
  readonly layersDone: number
  readonly layersTotal: number
  /** Bytes of blobs, as they are stored. */
  readonly bytesDone: number
  readonly bytesTotal: number
}
