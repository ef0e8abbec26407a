import { createHash } from 'node:crypto'
import {
  createReadStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import { type Header, type Pack, pack } from 'tar-stream'

/** The `config` of an OCI image, in the spelling of the specification. */
export interface OciProcessConfig {
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Env?: readonly string[]
  readonly WorkingDir?: string
  readonly User?: string
  readonly Volumes?: Readonly<Record<string, object>>
  readonly ExposedPorts?: Readonly<Record<string, object>>
  readonly Labels?: Readonly<Record<string, string>>
  readonly StopSignal?: string
}

/** What to pack and where. */
export interface OciLayoutRequest {
  /** The root folders of the layers, the lowest first. */
  readonly layers: readonly string[]
  readonly config: OciProcessConfig
  /** The folder to write, made if it is missing. */
  readonly target: string
  /** @default latest */
  readonly tag?: string
  /** As in OCI descriptors. @default this machine's */
  readonly architecture?: string
}

/** Packs root folders as an OCI image layout of one image with one gzipped layer per folder. */
export async function makeOciLayout(request: OciLayoutRequest): Promise<void> {
  const { target, tag = 'latest' } = request
  mkdirSync(join(target, 'blobs/sha256'), { recursive: true })
  const layers = await Promise.all(request.layers.map(layer => writeLayer(target, layer)))
  const config = writeJson(target, {
    architecture: request.architecture ?? (process.arch === 'x64' ? 'amd64' : process.arch),
    os: 'linux',
    config: request.config,
    rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.diffId) },
    history: layers.map(() => ({ created_by: 'tcompose test' })),
  })
  const manifest = writeJson(target, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ blob }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...blob })),
  })
  const entry = {
    mediaType: MANIFEST,
    ...manifest,
    annotations: { 'org.opencontainers.image.ref.name': tag },
  }
  writeFileSync(join(target, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  writeFileSync(join(target, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }))
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

interface Blob {
  readonly digest: string
  readonly size: number
}

async function writeLayer(
  target: string,
  folder: string,
): Promise<{ readonly diffId: string; readonly blob: Blob }> {
  const archive = pack()
  const [tar] = await Promise.all([readAll(archive), addFolder(archive, folder)])
  return { diffId: digestOf(tar), blob: writeBlob(target, gzipSync(tar, { level: 1 })) }
}

async function readAll(archive: Pack): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

async function addFolder(archive: Pack, folder: string): Promise<void> {
  for (const path of pathsBelow(folder)) await addEntry(archive, join(folder, path), path)
  archive.finalize()
}

/** Paths of all that is in `folder`, a folder before its content. Links are not followed. */
function pathsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => [
      entry.name,
      ...(entry.isDirectory()
        ? pathsBelow(join(folder, entry.name)).map(path => join(entry.name, path))
        : []),
    ])
}

async function addEntry(archive: Pack, source: string, name: string): Promise<void> {
  const stats = lstatSync(source)
  const header = headerOf(stats, name)
  if (stats.isSymbolicLink()) archive.entry({ ...header, type: 'symlink', linkname: readlinkSync(source) })
  else if (stats.isDirectory()) archive.entry({ ...header, type: 'directory' })
  else if (stats.isFile() && stats.size > 0) {
    await pipeline(createReadStream(source), archive.entry({ ...header, type: 'file', size: stats.size }))
  } else if (stats.isFile()) archive.entry({ ...header, type: 'file', size: 0 }, '')
}

function headerOf(stats: Stats, name: string): Partial<Header> & { readonly name: string } {
  return { name, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, mtime: new Date(0) }
}

function writeJson(target: string, value: unknown): Blob {
  return writeBlob(target, Buffer.from(JSON.stringify(value)))
}

function writeBlob(target: string, content: Buffer): Blob {
  const digest = digestOf(content)
  writeFileSync(join(target, 'blobs', digest.replace(':', '/')), content)
  return { digest, size: content.length }
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
