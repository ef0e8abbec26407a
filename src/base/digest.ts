import type { Brand } from './brand.ts'

/** An OCI content digest: `sha256:` and 64 lower-case hex digits. */
export type Digest = Brand<string, 'Digest'>

const DIGEST = /^sha256:[0-9a-f]{64}$/

/** @throws {SyntaxError} If `text` is not a sha256 digest. */
export function parseDigest(text: string): Digest {
  if (!DIGEST.test(text)) {
    throw new SyntaxError(`Cannot parse digest "${text}": expected "sha256:" and 64 hex digits`)
  }
  return text as Digest
}

/** Returns the 64 hex digits of `digest`. */
export function digestHex(digest: Digest): string {
  return digest.slice('sha256:'.length)
}
