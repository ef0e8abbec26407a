/**
 * Frees the memory of `bytes` now: V8 counts little for it, and would keep megabytes until its next collection. It must
 * have all of its ArrayBuffer, and nobody may use either any more: they are empty then.
 */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
