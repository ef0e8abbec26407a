import { sha256 } from '@noble/hashes/sha2.js'

/**
 * Returns the SHA-256 of a short text in UTF-8. For names and settings: loading `node:crypto` takes longer than hashing
 * all of them. What is long, such as a layer, belongs to `node:crypto`.
 */
export function sha256Bytes(text: string): Buffer {
  return Buffer.from(sha256(Buffer.from(text)))
}

/** Returns the SHA-256 of a short text as 64 hex digits. */
export function sha256Hex(text: string): string {
  return sha256Bytes(text).toString('hex')
}
