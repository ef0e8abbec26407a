import type { Digest } from '../base/digest.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import { requestFailed } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import type { RegistrySession } from './registry-session.ts'

const FOUND: ReadonlySet<number> = new Set([200, 404, 405])
const TAKEN: ReadonlySet<number> = new Set([200, 201, 202])
/** What registries say to a manifest of a kind that they do not know. */
const REFUSED: ReadonlySet<number> = new Set([400, 404, 405, 406, 415, 422])

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

/** A repository, and what it is asked for. */
interface ManifestPlace {
  readonly session: RegistrySession
  readonly purpose: RegistryPurpose
}

/**
 * Gives a manifest or an index to the registry, under a tag or its digest. All that it names must be there.
 *
 * @throws {TcomposeError} `image-push` if the registry makes another digest of it, or as `RegistrySession.send`.
 */
export async function pushManifest(
  place: ManifestPlace,
  name: string | Digest,
  manifest: ManifestDocument,
): Promise<void> {
  await put(place, name, { manifest, answers: TAKEN })
}

/** Does `pushManifest`; returns false if the registry knows no manifest of this kind. @throws {TcomposeError} As that. */
export async function isManifestTaken(
  place: ManifestPlace,
  name: string | Digest,
  manifest: ManifestDocument,
): Promise<boolean> {
  const status = await put(place, name, { manifest, answers: new Set([...TAKEN, ...REFUSED]) })
  return TAKEN.has(status)
}

async function put(
  { session, purpose }: ManifestPlace,
  name: string | Digest,
  { manifest, answers }: { readonly manifest: ManifestDocument; readonly answers: ReadonlySet<number> },
): Promise<number> {
  const { mediaType, bytes, digest } = manifest
  const reply = await session.send({
    method: 'PUT',
    target: `manifests/${name}`,
    body: { kind: 'bytes', type: mediaType, bytes },
    answers,
  })
  await reply.discard()
  const found = reply.header('docker-content-digest') ?? digest
  if (found === digest || !TAKEN.has(reply.status)) return reply.status
  throw requestFailed(purpose, `the registry stored the manifest as ${found}, expected ${digest}`)
}
