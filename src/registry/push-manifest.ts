import type { Digest } from '../base/digest.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import { requestFailed } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import type { RegistrySession } from './registry-session.ts'

const FOUND: ReadonlySet<number> = new Set([200, 404, 405])
const TAKEN: ReadonlySet<number> = new Set([200, 201, 202])

/** Returns the digest that the registry says a tag has; undefined if it has none or does not say. */
export async function taggedDigest(
  session: RegistrySession,
  tag: string,
  accept: string,
): Promise<string | undefined> {
  const reply = await session.send({
    method: 'HEAD',
    target: `manifests/${tag}`,
    headers: { accept },
    answers: FOUND,
  })
  await reply.discard()
  return reply.status === 200 ? reply.header('docker-content-digest') : undefined
}

/**
 * Gives a manifest or an index to the registry, under a tag or its digest. All that it names must be there.
 *
 * @throws {TcomposeError} `image-push` if the registry makes another digest of it, or as `RegistrySession.send`.
 */
export async function pushManifest(
  { session, purpose }: { readonly session: RegistrySession; readonly purpose: RegistryPurpose },
  name: string | Digest,
  { mediaType, bytes, digest }: ManifestDocument,
): Promise<void> {
  const reply = await session.send({
    method: 'PUT',
    target: `manifests/${name}`,
    body: { kind: 'bytes', type: mediaType, bytes },
    answers: TAKEN,
  })
  await reply.discard()
  const found = reply.header('docker-content-digest') ?? digest
  if (found === digest) return
  throw requestFailed(purpose, `the registry made ${found} of the manifest, expected ${digest}`)
}
