import { type Digest, parseDigest } from '../base/digest.ts'
import { countAt, type JsonObject, objectAt, objectsAt, textAt } from '../base/json-reader.ts'

/** The formats of artifacts: 1.1 of the image specification has a field for their type, 1.0 has none. */
export type OciVersion = '1.0' | '1.1'

/** What a file of a published project is to who reads it; internal/oci/push.go of docker/compose. */
export type ArtifactFileKind =
  /** A Compose file of the project. */
  | 'compose'
  /** A Compose file that others extend or include. */
  | 'extended'
  /** A file that `env_file` or `label_file` names. */
  | 'env'

/** A file of a project in an artifact. */
export interface ArtifactFile {
  readonly kind: ArtifactFileKind
  /** Without a folder: all files are in one. */
  readonly name: string
  readonly digest: Digest
  readonly size: number
}

/** Whether `document` is a published project, and which. */
export type ComposeArtifact =
  | { readonly kind: 'project'; readonly files: readonly ArtifactFile[] }
  /** An index that leads to one. */
  | { readonly kind: 'index'; readonly project: Digest }
  /** `type` is what it is instead. */
  | { readonly kind: 'other'; readonly type: string }

export const COMPOSE_PROJECT = 'application/vnd.docker.compose.project'
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const COMPOSE_FILE = 'application/vnd.docker.compose.file+yaml'
const ENV_FILE = 'application/vnd.docker.compose.envfile'
/** With version 1.0 the type of the configuration is that of the artifact. */
const EMPTY_COMPOSE_CONFIG = 'application/vnd.docker.compose.config.empty.v1+json'
const EMPTY_CONFIG = 'application/vnd.oci.empty.v1+json'

const FILE_ANNOTATION = 'com.docker.compose.file'
const ENV_ANNOTATION = 'com.docker.compose.envfile'
const EXTENDS_ANNOTATION = 'com.docker.compose.extends'
/** The Docker Compose that writes such artifacts. */
const VERSION_ANNOTATION: Readonly<Record<string, string>> = { 'com.docker.compose.version': '5.5.0' }

/** The content of the configuration of every artifact. */
export const EMPTY_JSON = '{}'

/** Returns the manifest of a project; `config` is the blob of `EMPTY_JSON`. */
export function composeManifest(
  files: readonly ArtifactFile[],
  {
    version,
    config,
    createdAt,
  }: {
    readonly version: OciVersion
    readonly config: { readonly digest: Digest; readonly size: number }
    /** Milliseconds since the epoch. */
    readonly createdAt: number
  },
): JsonObject {
  return {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...(version === '1.1' && { artifactType: COMPOSE_PROJECT }),
    config: { mediaType: version === '1.1' ? EMPTY_CONFIG : EMPTY_COMPOSE_CONFIG, ...config },
    layers: files.map(layerOf),
    annotations: { 'org.opencontainers.image.created': `${new Date(createdAt).toISOString().slice(0, 19)}Z` },
  }
}

function layerOf({ kind, name, digest, size }: ArtifactFile): JsonObject {
  const annotations = {
    ...VERSION_ANNOTATION,
    [kind === 'env' ? ENV_ANNOTATION : FILE_ANNOTATION]: name,
    ...(kind === 'extended' && { [EXTENDS_ANNOTATION]: 'true' }),
  }
  return { mediaType: kind === 'env' ? ENV_FILE : COMPOSE_FILE, digest, size, annotations }
}

/** A manifest in a registry, as others name it. */
export interface ManifestDescriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
}

/** Returns the index of the images of the project whose artifact is `subject`. */
export function imagesIndex(images: readonly ManifestDescriptor[], subject: ManifestDescriptor): JsonObject {
  return {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    artifactType: COMPOSE_PROJECT,
    manifests: images,
    subject,
    annotations: VERSION_ANNOTATION,
  }
}

/**
 * Reads a manifest or an index. What an artifact has beside the files of a project is left out.
 *
 * @throws {SyntaxError} If it is malformed, or a file would be outside the folder of the others.
 */
export function readComposeArtifact(document: JsonObject): ComposeArtifact {
  if ('manifests' in document) return readIndex(document)
  const config = textAt(objectAt(document, 'config'), 'mediaType') ?? ''
  const type = textAt(document, 'artifactType') || config
  if (type !== COMPOSE_PROJECT && type !== EMPTY_COMPOSE_CONFIG) return { kind: 'other', type }
  const files = objectsAt(document, 'layers').flatMap(layer => readLayer(layer))
  const [first] = files.filter(({ kind }) => kind === 'compose')
  if (first === undefined) throw new SyntaxError('it has no Compose file')
  return { kind: 'project', files }
}

function readIndex(index: JsonObject): ComposeArtifact {
  const project = objectsAt(index, 'manifests').find(
    entry => textAt(entry, 'artifactType') === COMPOSE_PROJECT,
  )
  if (project === undefined) return { kind: 'other', type: OCI_INDEX }
  return { kind: 'index', project: parseDigest(textAt(project, 'digest') ?? '') }
}

function readLayer(layer: JsonObject): readonly ArtifactFile[] {
  const annotations = objectAt(layer, 'annotations')
  const type = textAt(layer, 'mediaType')
  if (type !== COMPOSE_FILE && type !== ENV_FILE) return []
  const blob = { digest: parseDigest(textAt(layer, 'digest') ?? ''), size: countAt(layer, 'size') }
  if (type === ENV_FILE) {
    return [{ kind: 'env', name: fileName(textAt(annotations, ENV_ANNOTATION)), ...blob }]
  }
  const isExtended = EXTENDS_ANNOTATION in annotations
  const name = textAt(annotations, FILE_ANNOTATION)
  return [
    {
      kind: isExtended ? 'extended' : 'compose',
      name: isExtended ? fileName(name) : fileName(name || 'compose.yaml'),
      ...blob,
    },
  ]
}

/** @throws {SyntaxError} If `name` would lead out of a folder, or is none. */
function fileName(name: string | undefined): string {
  if (name !== undefined && name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)) return name
  throw new SyntaxError(`it has a file named ${JSON.stringify(name ?? '')}, expected a name without a folder`)
}
