import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { sha256 } from '../archive/content-source.ts'
import { type Digest, digestHex, parseDigest } from '../base/digest.ts'
import type { JsonObject } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import {
  type ArtifactFile,
  type ArtifactFileKind,
  composeManifest,
  EMPTY_JSON,
  imagesIndex,
  type ManifestDescriptor,
  OCI_INDEX,
  type OciVersion,
} from '../oci/compose-artifact.ts'
import { parseRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import { withReference } from '../oci/with-reference.ts'
import { copyImage, type ImageCopy } from './copy-image.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import { insecurely } from './insecurely.ts'
import { isManifestTaken, pushManifest } from './push-manifest.ts'
import { registryEndpoint } from './registry-endpoint.ts'
import { RegistrySession } from './registry-session.ts'
import { readRegistrySettings } from './registry-settings.ts'
import { uploadBlob } from './upload-blob.ts'

/** A file to publish. */
export interface PublishedFile {
  readonly kind: ArtifactFileKind
  /** Without a folder. */
  readonly name: string
  readonly content: Uint8Array
}

/** What to publish where. */
export interface PushArtifactRequest {
  /** `REPOSITORY[:TAG]`. */
  readonly target: string
  readonly files: readonly PublishedFile[]
  /** @default 1.1, or 1.0 where the registry does not take that */
  readonly version: OciVersion | undefined
  /** Images to put beside the files, as the user wrote them. @default none */
  readonly images?: readonly string[]
  /** The registry may have no TLS. @default false */
  readonly isInsecure?: boolean
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** What the registry has now. */
export interface PushedArtifact {
  readonly digest: Digest
  readonly version: OciVersion
  /** Of the index of the images, where there are some. */
  readonly images: Digest | undefined
}

/**
 * Pushes the files of a project as docker compose publishes them; `oci://TARGET` reads them again. Images go to the same
 * repository by their digests, with an index that has the artifact as its subject.
 *
 * @throws {TcomposeError} `bad-value` if the target is no name with a tag; `image-push`, `image-denied`,
 * `registry-unreachable`, `registry-rate-limit` or `registry-settings`; of images also what pulling them throws.
 */
export async function pushArtifact(request: PushArtifactRequest): Promise<PushedArtifact> {
  const { target, signal, environment, images = [] } = request
  const reference = parseTarget(target)
  const settings = readRegistrySettings(environment)
  const purpose = { kind: 'publish', reference: target } as const
  const copies: readonly ImageCopy[] = images.map(image => ({
    reference: image,
    parsed: withReference(image, () => parseRegistryReference(image)),
  }))
  const wait = (ms: number) => delay(ms, undefined, { signal })
  await using session = new RegistrySession({
    endpoint: registryEndpoint(
      reference.domain,
      request.isInsecure ? insecurely(settings, [reference.domain]) : settings,
    ),
    repository: reference.path,
    purpose,
    alsoPull: copies
      .filter(({ parsed }) => parsed.domain === reference.domain)
      .map(({ parsed }) => parsed.path),
    environment,
    wait,
    signal,
  })
  using folder = blobFolder()
  const place = { session, purpose }
  const upload = async (content: Uint8Array) => {
    const blob = folder.blobOf(content)
    await uploadBlob({ ...place, blob, mountFrom: undefined, onBytes: () => {} })
    return { digest: blob.digest, size: blob.size }
  }
  const config = await upload(Buffer.from(EMPTY_JSON))
  const files: ArtifactFile[] = []
  for (const { kind, name, content } of request.files) files.push({ kind, name, ...(await upload(content)) })
  const tag = reference.tag ?? 'latest'
  const manifestOf = (version: OciVersion) =>
    documentOf(composeManifest(files, { version, config, createdAt: Date.now() }))
  const pushed = await pushEither(place, tag, { manifestOf, version: request.version })
  if (copies.length === 0) return { ...pushed.result, images: undefined }
  const copied: ManifestDescriptor[] = []
  for (const copy of copies) {
    copied.push(
      await copyImage(copy, { ...place, target: reference, folder: folder.path, environment, wait, signal }),
    )
  }
  const { mediaType, digest, bytes } = pushed.manifest
  const index = documentOf(imagesIndex(copied, { mediaType, digest, size: bytes.length }), OCI_INDEX)
  await pushManifest(place, index.digest, index)
  return { ...pushed.result, images: index.digest }
}

/** @throws {TcomposeError} `bad-value`. */
function parseTarget(target: string): RegistryReference {
  const problem = (text: string, cause?: unknown) =>
    new TcomposeError('bad-value', `Cannot publish to "${target}": ${text}, expected [registry/]name[:tag]`, {
      hint: 'Name a repository, e.g. registry.example/team/shop:1.0',
      cause,
    })
  try {
    const reference = parseRegistryReference(target)
    if (reference.digest === undefined) return reference
  } catch (error) {
    if (error instanceof SyntaxError) throw problem('it is no name of a repository', error)
    throw error
  }
  throw problem('it has a digest, which only the registry can give')
}

/** A registry that knows 1.0 alone refuses what it does not know with a status of its own choice. */
async function pushEither(
  place: Parameters<typeof pushManifest>[0],
  tag: string,
  {
    manifestOf,
    version,
  }: {
    readonly manifestOf: (version: OciVersion) => ManifestDocument
    readonly version: OciVersion | undefined
  },
): Promise<{ readonly manifest: ManifestDocument; readonly result: Omit<PushedArtifact, 'images'> }> {
  const first = manifestOf(version ?? '1.1')
  if (version === undefined && !(await isManifestTaken(place, tag, first))) {
    const manifest = manifestOf('1.0')
    await pushManifest(place, tag, manifest)
    return { manifest, result: { digest: manifest.digest, version: '1.0' } }
  }
  if (version !== undefined) await pushManifest(place, tag, first)
  return { manifest: first, result: { digest: first.digest, version: version ?? '1.1' } }
}

function documentOf(document: JsonObject, mediaType?: string): ManifestDocument {
  const bytes = Buffer.from(JSON.stringify(document))
  return {
    digest: parseDigest(sha256(bytes)),
    mediaType: mediaType ?? String(document['mediaType']),
    bytes,
    document,
  }
}

/** Blobs are sent from files. */
function blobFolder() {
  const path = mkdtempSync(join(tmpdir(), 'tcompose-publish-'))
  return {
    path,
    blobOf: (content: Uint8Array) => {
      const digest = parseDigest(sha256(Buffer.from(content)))
      const file = join(path, digestHex(digest))
      writeFileSync(file, content, { mode: 0o600 })
      const slice = { file, offset: 0, size: content.length }
      return { digest, size: content.length, obtain: async () => slice }
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}
