import { LARGEST_DOCUMENT, sha256 } from '../archive/content-source.ts'
import { type Digest, parseDigest } from '../base/digest.ts'
import { type JsonObject, parseJsonObject, textAt } from '../base/json-reader.ts'
import { imageNotFound } from '../oci/image-errors.ts'
import type { HttpReply } from './http-client.ts'
import { networkReason } from './network-reason.ts'
import { notRunnable, pullFailed, registryUnreachable } from './registry-errors.ts'
import type { RegistrySession } from './registry-session.ts'

/** A manifest or an index, whose digest was checked. */
export interface ManifestDocument {
  readonly digest: Digest
  readonly mediaType: string
  readonly bytes: Buffer
  readonly document: JsonObject
}

/** Which manifest is wanted. */
export interface ManifestRequest {
  readonly session: RegistrySession
  /** As the user wrote it, for errors. */
  readonly reference: string
  readonly wanted: { readonly tag: string } | { readonly digest: Digest }
}

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
/** The types of manifests and indexes, for `accept`. */
export const ACCEPTED: string = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(', ')

/**
 * Gets a manifest or an index from a registry. By digest, the content must have it; by tag, what the registry says of
 * its digest must be true.
 *
 * @throws {TcomposeError} `image-not-found`, `image-pull`, `image-source-unsupported`, `registry-unreachable`, or as `RegistrySession.get`.
 */
export async function fetchManifest({
  session,
  reference,
  wanted,
}: ManifestRequest): Promise<ManifestDocument> {
  const { reply, bytes } = await getWhole({ session, reference, wanted })
  if (bytes === undefined) {
    throw pullFailed(reference, `its manifest is larger than ${LARGEST_DOCUMENT} bytes, expected less`)
  }
  const claimed = 'digest' in wanted ? wanted.digest : reply.header('docker-content-digest')
  const digest = parseDigest(sha256(bytes))
  if (claimed?.startsWith('sha256:') === true && claimed !== digest) {
    throw pullFailed(reference, `its manifest has the digest ${digest}, expected ${claimed}`)
  }
  return readManifest(reference, bytes)
}

/** A manifest, or undefined for one that is too large, and the head of the answer that it came in. */
interface WholeReply {
  readonly reply: HttpReply
  readonly bytes: Buffer | undefined
}

/** A body that breaks off is asked for again, as a request is that gets no answer. */
async function getWhole(request: ManifestRequest): Promise<WholeReply> {
  const { session, reference } = request
  for (let tries = 1; ; tries++) {
    const reply = await getHead(request)
    try {
      return { reply, bytes: await reply.bytes(LARGEST_DOCUMENT) }
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'AbortError') throw cause
      const error = registryUnreachable(reference, networkReason(reply.url, cause))
      await session.waitFor({ kind: 'again', error, waitMs: undefined }, tries)
    }
  }
}

async function getHead({ session, reference, wanted }: ManifestRequest): Promise<HttpReply> {
  const name = 'tag' in wanted ? wanted.tag : wanted.digest
  const reply = await session.get({ path: `manifests/${name}`, headers: { accept: ACCEPTED } })
  if (reply.status !== 200) {
    await reply.discard()
    throw imageNotFound(
      reference,
      `${reply.url.host} has no manifest "${name}"`,
      'Check the name and the digest; the registry may also hide what the user is not allowed to see: log in',
    )
  }
  return reply
}

/** Reads a manifest or an index whose bytes are known to be right. @throws {TcomposeError} As `fetchManifest`. */
export function readManifest(reference: string, bytes: Buffer): ManifestDocument {
  try {
    const document = parseJsonObject(bytes, 'manifest')
    return {
      digest: parseDigest(sha256(bytes)),
      mediaType: mediaTypeOf(reference, document),
      bytes,
      document,
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw pullFailed(reference, error.message, error)
    throw error
  }
}

/**
 * The content decides, not a header: a document that could be read as an index by one tool and as a manifest by
 * another is refused.
 */
function mediaTypeOf(reference: string, document: JsonObject): string {
  const isIndex = 'manifests' in document
  const isManifest = 'config' in document || 'layers' in document
  if (isIndex && isManifest) throw notRunnable(reference, 'its manifest is an index as well')
  if (!isIndex && !isManifest) throw notRunnable(reference, 'the registry has no schema 2 manifest of it')
  const known = isIndex ? [OCI_INDEX, DOCKER_LIST] : [OCI_MANIFEST, DOCKER_MANIFEST]
  const claimed = textAt(document, 'mediaType') || known[0]
  if (claimed !== undefined && known.includes(claimed)) return claimed
  throw notRunnable(reference, `its manifest is of the type "${claimed}"`)
}
