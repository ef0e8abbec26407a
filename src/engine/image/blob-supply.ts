import { type ContentSource, locateMember, type Member } from './content-source.ts'
import type { FileSlice } from './file-slice.ts'

/** Where the blobs of an image's layers come from. */
export interface BlobSupply {
  /** Tells whether the blob is on this machine. */
  has(member: Member): boolean
  /** Returns the bytes of the blob, which need not be here. @throws {SyntaxError} If that is not known. */
  sizeOf(member: Member): number
  /** Returns the blob when all of it is here. `onBytes` hears of bytes that came, and of those thrown away as negative. */
  obtain(member: Member, onBytes: (bytes: number) => void): Promise<FileSlice>
}

/** Returns the blobs of a source that holds them all. */
export function sourceBlobs(source: ContentSource): BlobSupply {
  return {
    has: () => true,
    sizeOf: member => locateMember(source, member).size,
    obtain: async member => locateMember(source, member),
  }
}
