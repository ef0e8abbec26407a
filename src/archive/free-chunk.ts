import type { Buffer } from 'node:buffer'

/** Smaller ones may be parts of Node's pool, and are not worth the call. */
const LEAST_BYTES: number = 16 * 1024

/**
 * Gives the memory of `chunk` back, which must not be used any more. Streams leave theirs to the garbage collector,
 * which sees how small the objects are and not how large what they hold: some 40 MB lie about for each stream. Only
 * what reaches to the end of its memory is freed, as Node's streams cut chunks from the front to the end.
 */
export function freeChunk({ buffer, byteOffset, length }: Buffer): void {
  const isLast = byteOffset + length === buffer.byteLength
  if (isLast && length >= LEAST_BYTES && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
