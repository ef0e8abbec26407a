import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'

/**
 * Returns the SHA-256 of a short text in UTF-8, or of as many bytes. For names and settings: loading `node:crypto` takes longer than hashing
 * all of them. What is long, such as a layer, belongs to `node:crypto`.
 */
export function sha256Bytes(content: string | Uint8Array): Buffer {
  return Buffer.from(sha256(typeof content === 'string' ? Buffer.from(content) : content))
}

/** Returns the SHA-256 of a short text, or of as many bytes, as 64 hex digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return sha256Bytes(content).toString('hex')
}

/** Returns the HMAC-SHA-256 (RFC 2104) of `content` under `key`, as 64 hex digits. */
export function hmacSha256Hex(key: Uint8Array, content: Uint8Array): string {
  return Buffer.from(hmac(sha256, key, content)).toString('hex')
}
