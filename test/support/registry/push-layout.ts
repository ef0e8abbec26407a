import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Descriptor {
  readonly digest: string
  readonly mediaType?: string
}

interface Manifest {
  readonly mediaType?: string
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
  readonly manifests?: readonly Descriptor[]
}

/** What to push and where. */
export interface PushRequest {
  /** An OCI image layout; its first image is pushed. */
  readonly layout: string
  /** `127.0.0.1:<port>` of a registry without TLS and users. */
  readonly host: string
  readonly repository: string
  readonly tag: string
}

/** Pushes an image with all that it names and returns the digest of its manifest. */
export async function pushLayout(request: PushRequest): Promise<string> {
  const index: Manifest = JSON.parse(readFileSync(join(request.layout, 'index.json'), 'utf8'))
  const [first] = index.manifests ?? []
  if (first === undefined) throw new Error(`${request.layout} holds no image`)
  await pushManifest(request, first.digest, request.tag)
  return first.digest
}

async function pushManifest(request: PushRequest, digest: string, name: string): Promise<void> {
  const bytes = readBlob(request, digest)
  const manifest: Manifest = JSON.parse(bytes.toString())
  for (const child of manifest.manifests ?? []) await pushManifest(request, child.digest, child.digest)
  const blobs = [manifest.config, ...(manifest.layers ?? [])].flatMap(blob => blob ?? [])
  for (const blob of blobs) await pushBlob(request, blob.digest)
  await send(`${base(request)}/manifests/${name}`, bytes, manifest.mediaType ?? typeOf(manifest))
}

function typeOf(manifest: Manifest): string {
  return `application/vnd.oci.image.${manifest.manifests === undefined ? 'manifest' : 'index'}.v1+json`
}

async function pushBlob(request: PushRequest, digest: string): Promise<void> {
  const started = await fetch(`${base(request)}/blobs/uploads/`, { method: 'POST' })
  await started.arrayBuffer()
  const upload = new URL(started.headers.get('location') ?? '', base(request))
  upload.searchParams.set('digest', digest)
  await send(upload.href, readBlob(request, digest), 'application/octet-stream')
}

async function send(url: string, bytes: Buffer, type: string): Promise<void> {
  const reply = await fetch(url, {
    method: 'PUT',
    body: new Uint8Array(bytes),
    headers: { 'content-type': type },
  })
  const text = await reply.text()
  if (reply.status !== 201) throw new Error(`PUT ${url}: ${reply.status} ${text}`)
}

function base({ host, repository }: PushRequest): string {
  return `http://${host}/v2/${repository}`
}

function readBlob({ layout }: PushRequest, digest: string): Buffer {
  return readFileSync(join(layout, 'blobs', digest.replace(':', '/')))
}
