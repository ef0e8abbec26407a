import { expect, test } from 'vitest'
import { parseDigest } from '../../src/base/digest.ts'
import { pushManifest, taggedDigest } from '../../src/registry/push-manifest.ts'
import { askRegistry } from '../support/registry/scripted-registry.ts'

const DIGEST = parseDigest(`sha256:${'a'.repeat(64)}`)
const OTHER = `sha256:${'b'.repeat(64)}`
const MANIFEST = { mediaType: 'text/x-manifest', bytes: Buffer.from('{}'), digest: DIGEST, document: {} }
const PURPOSE = { kind: 'push', reference: 'a/b:1' } as const

for (const { status, digest } of [
  { status: 200, digest: OTHER },
  { status: 404, digest: undefined },
  { status: 405, digest: undefined },
]) {
  test(`taggedDigest() gives ${digest === undefined ? 'nothing' : 'the digest'} where HEAD is ${status}`, async () => {
    const { result, calls } = await askRegistry(
      () => ({ status, headers: { 'docker-content-digest': OTHER } }),
      session => taggedDigest(session, '1', 'text/x-manifest'),
    )
    expect(result).toBe(digest)
    expect(calls).toMatchObject([
      { method: 'HEAD', path: 'manifests/1', headers: { accept: 'text/x-manifest' } },
    ])
  })
}

for (const status of [200, 201, 202]) {
  test(`pushManifest() is done where PUT is ${status}`, async () => {
    const { result, calls } = await askRegistry(
      () => ({ status }),
      session => pushManifest({ session, purpose: PURPOSE }, '1', MANIFEST),
    )
    expect(result).toBeUndefined()
    expect(calls).toMatchObject([
      { method: 'PUT', path: 'manifests/1', headers: { 'content-type': 'text/x-manifest' } },
    ])
    expect(String(calls[0]?.body)).toBe('{}')
  })
}

test('pushManifest() believes no registry that made another manifest', async () => {
  const { result } = await askRegistry(
    () => ({ status: 201, headers: { 'docker-content-digest': OTHER } }),
    session => pushManifest({ session, purpose: PURPOSE }, '1', MANIFEST),
  )
  expect(result).toMatchObject({
    code: 'image-push',
    message: expect.stringContaining(`the registry stored the manifest as ${OTHER}, expected ${DIGEST}`),
  })
})
