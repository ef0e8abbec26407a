import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Digest, digestHex } from '../base/digest.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { type ArtifactFile, type ComposeArtifact, readComposeArtifact } from '../oci/compose-artifact.ts'
import { printable } from '../oci/image-errors.ts'
import { parseRegistryReference, type RegistryReference } from '../oci/registry-reference.ts'
import type { ManifestDocument } from './fetch-manifest.ts'
import { ImageRepository } from './image-repository.ts'
import { insecurely } from './insecurely.ts'
import { readRegistrySettings } from './registry-settings.ts'

/** Which project to get. */
export interface ArtifactRequest {
  /** What is behind `oci://`. */
  readonly reference: string
  /** Hosts that may have no TLS. */
  readonly insecure: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

/** A project that a registry has. Its files are got when they are asked for. */
export interface FetchedArtifact extends AsyncDisposable {
  /** Of the manifest of the project itself. */
  readonly digest: Digest
  /** The last word of the repository's name. */
  readonly name: string
  readonly files: readonly ArtifactFile[]
  read(file: ArtifactFile): Promise<Buffer>
}

/** Compose files are far below it. */
const LARGEST_FILE: number = 16 * 1024 * 1024
const MOST_FILES = 1000

/**
 * Finds what a registry has under the name of a published project.
 *
 * @throws {TcomposeError} `bad-value` for a name that is none; `compose-artifact` if it is something else; or as pulling an
 * image.
 */
export async function fetchArtifact(request: ArtifactRequest): Promise<FetchedArtifact> {
  const label = `oci://${request.reference}`
  const parsed = parseName(request.reference)
  const { environment, signal, insecure } = request
  const repository = new ImageRepository({
    parsed,
    reference: label,
    environment,
    settings: insecurely(readRegistrySettings(environment), insecure),
    wait: ms => delay(ms, undefined, { signal }),
    signal,
  })
  try {
    return await openArtifact(repository, parsed, label)
  } catch (error) {
    await repository[Symbol.asyncDispose]()
    throw aboutProject(error)
  }
}

function parseName(reference: string): RegistryReference {
  try {
    return parseRegistryReference(reference)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new TcomposeError(
      'bad-value',
      `Cannot read "oci://${reference}": it is no name of a repository, expected oci://[registry/]name[:tag][@digest]`,
      { cause: error },
    )
  }
}

async function openArtifact(
  repository: ImageRepository,
  { digest, tag = 'latest', path }: RegistryReference,
  label: string,
): Promise<FetchedArtifact> {
  let manifest: ManifestDocument = await repository.manifest(digest === undefined ? { tag } : { digest })
  let artifact = read(manifest, label)
  if (artifact.kind === 'index') {
    manifest = await repository.manifest({ digest: artifact.project })
    artifact = read(manifest, label)
  }
  if (artifact.kind !== 'project') throw notAProject(label, typeText(artifact))
  const { files } = artifact
  const largest = Math.max(...files.map(({ size }) => size))
  if (files.length > MOST_FILES || largest > LARGEST_FILE)
    throw notAProject(label, `it has ${files.length} files of up to ${largest} bytes`)
  return {
    digest: manifest.digest,
    name: path.slice(path.lastIndexOf('/') + 1),
    files,
    read: file => download(repository, file),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  }
}

function read({ document }: ManifestDocument, label: string): ComposeArtifact {
  try {
    return readComposeArtifact(document)
  } catch (error) {
    if (error instanceof SyntaxError) throw notAProject(label, error.message)
    throw error
  }
}

function typeText(artifact: ComposeArtifact): string {
  if (artifact.kind !== 'other') return 'its index leads to another index'
  return artifact.type === '' ? 'it is an image' : `it is of the type "${artifact.type}"`
}

function notAProject(label: string, problem: string): TcomposeError {
  return new TcomposeError(
    'compose-artifact',
    `Cannot read "${label}": ${printable(problem)}, expected a project that \`publish\` has pushed`,
    { hint: 'Check the name and the tag' },
  )
}

async function download(repository: ImageRepository, { digest, size }: ArtifactFile): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-fetch-'))
  try {
    const file = join(folder, digestHex(digest))
    await repository.download({ digest, size, file, onBytes: () => {} })
    return size === 0 ? Buffer.alloc(0) : readFileSync(file)
  } catch (error) {
    throw aboutProject(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is asked for as an image is no image. */
function aboutProject(error: unknown): unknown {
  if (!(error instanceof TcomposeError)) return error
  const { code, message, hint, notes, cause } = error
  const text = message.replace(/^Cannot (?:get|use) image /, 'Cannot read ')
  return new TcomposeError(code, text, { ...(hint !== undefined && { hint }), notes, cause })
}
