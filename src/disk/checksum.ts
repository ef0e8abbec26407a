const MULTIPLIER = 0xcc9e2d51
const INCREMENT = 0x6b64e653
const PREFIX = '{"checksum":"'
const UNSEALED_PREFIX = '{"version":'
/** The prefix, 8 hex digits, `",`. */
const SEAL_LENGTH = PREFIX.length + 10

/** What a checksum says of a text. `unsealed`: a record of an earlier version, which has none and begins with its version. */
export type Seal = 'sound' | 'damaged' | 'unsealed'

/**
 * Returns `text`, a JSON object with at least one field, with the checksum of all that follows as its first field. A
 * reader that does not know of checksums reads it as ever.
 */
export function sealText(text: string): string {
  const rest = text.slice(1)
  return `${PREFIX}${checksumOf(rest)}",${rest}`
}

/** Holds a text against the checksum that `sealText` gave it. */
export function checkSeal(text: string): Seal {
  if (text.startsWith(UNSEALED_PREFIX)) return 'unsealed'
  const rest = text.slice(SEAL_LENGTH)
  return text.slice(0, SEAL_LENGTH) === `${PREFIX}${checksumOf(rest)}",` ? 'sound' : 'damaged'
}

/**
 * Returns a 32-bit checksum of `text` in UTF-8, as 8 hex digits. It guards against damage, not against forgery. Every
 * step is a bijection of the state and of the word, so damage within one aligned 32-bit word never goes unseen. It works
 * on words because it runs before the compiler has warmed up.
 */
export function checksumOf(text: string): string {
  const bytes = Uint8Array.from(Buffer.from(text))
  const words = new Int32Array(bytes.buffer, 0, bytes.length >>> 2)
  let state = bytes.length
  for (const word of words) {
    const product = Math.imul(state ^ word, MULTIPLIER)
    state = ((product << 13) | (product >>> 19)) + INCREMENT
  }
  for (const byte of bytes.subarray(words.length << 2))
    state = Math.imul(state ^ byte, MULTIPLIER) + INCREMENT
  return (state >>> 0).toString(16).padStart(8, '0')
}
