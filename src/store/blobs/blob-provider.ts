import { type ContentSource, locateMember, type Member } from '../../archive/content-source.ts'
import type { FileSlice } from '../../disk/file-slice.ts'

/** Where the blobs of an image's layers come from. */
export interface BlobProvider {
  /** Tells whether the blob is on this machine. */
  has(member: Member): boolean
  /** Returns the bytes of the blob, which need not be here. @throws {SyntaxError} If that is not known. */
  sizeOf(member: Member): number
  /** Returns the blob when all of it is here. */
  obtain(member: Member, listener: ArrivalListener): Promise<FileSlice>
}

/** Hears how a blob comes. */
export interface ArrivalListener {
  /** Bytes that came; those thrown away count as negative. */
  readonly onBytes: (bytes: number) => void
  /** The first `present` bytes are in `file`, not checked yet. A smaller count than before takes all back. */
  readonly onPart: (file: string, present: number) => void
}

/** Listens to nothing. */
export const NO_LISTENER: ArrivalListener = { onBytes: () => {}, onPart: () => {} }

/** Returns the blobs of a source that holds them all. */
export function sourceBlobs(source: ContentSource): BlobProvider {
  return {
    has: () => true,
    sizeOf: member => locateMember(source, member).size,
    obtain: async member => locateMember(source, member),
  }
}
