import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fetchArtifact } from '../../src/registry/fetch-artifact.ts'
import { type PushArtifactRequest, pushArtifact } from '../../src/registry/push-artifact.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { close, listen } from '../support/registry/token-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const REQUEST: Omit<PushArtifactRequest, 'target'> = {
  files: [
    { kind: 'compose', name: 'compose.yaml', content: Buffer.from('services: {}\n') },
    { kind: 'env', name: 'a.env', content: Buffer.alloc(0) },
  ],
  version: undefined,
  environment: {},
  signal,
}

const fetched = (reference: string) => fetchArtifact({ reference, insecure: [], environment: {} })

describe('pushArtifact()', () => {
  test.for(['1.0', '1.1'] as const)('pushes what fetchArtifact() reads, as %s', async (version, { skip }) => {
    using root = temporaryFolder()
    await using registry = await startRegistry({
      storage: join(root.path, 'storage'),
      config: join(root.path, 'c.json'),
    })
    if (registry.kind === 'missing') return skip(registry.reason)
    const target = `${registry.host}/team/shop:1`
    const pushed = await pushArtifact({ ...REQUEST, target, version })
    expect(pushed).toMatchObject({ version, images: undefined })
    await using artifact = await fetched(target)
    expect(artifact).toMatchObject({ digest: pushed.digest, name: 'shop' })
    const texts = await Promise.all(artifact.files.map(file => artifact.read(file)))
    expect(artifact.files.map(({ kind, name }, index) => [kind, name, String(texts[index])])).toEqual([
      ['compose', 'compose.yaml', 'services: {}\n'],
      ['env', 'a.env', ''],
    ])
  })

  test('is content with 1.0 where the registry refuses 1.1', async () => {
    const manifests: string[] = []
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      if (request.method === 'HEAD') return response.writeHead(200).end()
      manifests.push(text)
      return response.writeHead(text.includes('artifactType') ? 400 : 201).end()
    })
    const host = `127.0.0.1:${await listen(server)}`
    try {
      const pushed = await pushArtifact({ ...REQUEST, target: `${host}/a:1` })
      expect(pushed.version).toBe('1.0')
      expect(manifests).toHaveLength(2)
      await expect(pushArtifact({ ...REQUEST, target: `${host}/a:1`, version: '1.1' })).rejects.toMatchObject(
        {
          code: 'image-push',
          message: expect.stringContaining(`Cannot publish to "${host}/a:1": `),
        },
      )
    } finally {
      await close(server)
    }
  })

  test('copies images into the repository, where the artifact is the subject of their index', async ({
    skip,
  }) => {
    await using served = await serveBusybox()
    if (served.kind === 'missing') return skip(served.reason)
    const target = `${served.host}/team/shop:1`
    const pushed = await pushArtifact({ ...REQUEST, target, images: [`${served.host}/t/bb:1`] })
    const accept = 'application/vnd.oci.image.index.v1+json'
    const reply = await fetch(`http://${served.host}/v2/team/shop/manifests/${pushed.images}`, {
      headers: { accept },
    })
    expect(await reply.json()).toMatchObject({
      manifests: [{ digest: served.digest }],
      subject: { digest: pushed.digest },
    })
    const image = await fetch(`http://${served.host}/v2/team/shop/manifests/${served.digest}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    })
    expect(image.status).toBe(200)
  })

  test.for(['Not A Name', `a@sha256:${'a'.repeat(64)}`])('refuses to push to "%s"', async target => {
    await expect(pushArtifact({ ...REQUEST, target })).rejects.toMatchObject({ code: 'bad-value' })
  })
})

test('fetchArtifact() says what is no project, what is not there, and what is no name', async ({ skip }) => {
  await using served = await serveBusybox()
  if (served.kind === 'missing') return skip(served.reason)
  await expect(fetched(`${served.host}/t/bb:1`)).rejects.toMatchObject({ code: 'compose-artifact' })
  await expect(fetched(`${served.host}/t/bb:2`)).rejects.toMatchObject({
    code: 'image-not-found',
    message: expect.stringContaining(`Cannot read "oci://${served.host}/t/bb:2": `),
  })
  await expect(fetched('A B')).rejects.toMatchObject({ code: 'bad-value' })
})
