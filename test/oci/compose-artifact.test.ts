import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../src/base/digest.ts'
import { composeManifest, imagesIndex, readComposeArtifact } from '../../src/oci/compose-artifact.ts'

const DIGEST = parseDigest(`sha256:${'a'.repeat(64)}`)
const config = { digest: DIGEST, size: 2 }
const FILES = [
  { kind: 'compose', name: 'compose.yaml', digest: DIGEST, size: 10 },
  { kind: 'extended', name: 'f00.yaml', digest: DIGEST, size: 11 },
  { kind: 'env', name: 'f00.env', digest: DIGEST, size: 12 },
] as const

test('composeManifest() of 1.1 says its type in a field of its own, as docker compose does', () => {
  const manifest = composeManifest(FILES, { version: '1.1', config, createdAt: 1_700_000_000_123 })
  expect(manifest).toEqual({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: 'application/vnd.docker.compose.project',
    config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: DIGEST, size: 2 },
    layers: [
      {
        mediaType: 'application/vnd.docker.compose.file+yaml',
        digest: DIGEST,
        size: 10,
        annotations: { 'com.docker.compose.version': '5.5.0', 'com.docker.compose.file': 'compose.yaml' },
      },
      {
        mediaType: 'application/vnd.docker.compose.file+yaml',
        digest: DIGEST,
        size: 11,
        annotations: {
          'com.docker.compose.version': '5.5.0',
          'com.docker.compose.file': 'f00.yaml',
          'com.docker.compose.extends': 'true',
        },
      },
      {
        mediaType: 'application/vnd.docker.compose.envfile',
        digest: DIGEST,
        size: 12,
        annotations: { 'com.docker.compose.version': '5.5.0', 'com.docker.compose.envfile': 'f00.env' },
      },
    ],
    annotations: { 'org.opencontainers.image.created': '2023-11-14T22:13:20Z' },
  })
})

test('composeManifest() of 1.0 has the type of its configuration instead', () => {
  const manifest = composeManifest(FILES, { version: '1.0', config, createdAt: 0 })
  expect(manifest).not.toHaveProperty('artifactType')
  expect(manifest['config']).toEqual({
    mediaType: 'application/vnd.docker.compose.config.empty.v1+json',
    ...config,
  })
})

describe('readComposeArtifact()', () => {
  test.for(['1.0', '1.1'] as const)('reads what composeManifest() of %s writes', version => {
    const manifest = composeManifest(FILES, { version, config, createdAt: 0 })
    expect(readComposeArtifact(manifest)).toEqual({ kind: 'project', files: FILES })
  })

  test('finds the project of an index, and none in that of its images', () => {
    const descriptor = { mediaType: 'm', digest: DIGEST, size: 1 }
    const index = { manifests: [{ ...descriptor, artifactType: 'application/vnd.docker.compose.project' }] }
    expect(readComposeArtifact(index)).toEqual({ kind: 'index', project: DIGEST })
    expect(readComposeArtifact(imagesIndex([descriptor], descriptor))).toMatchObject({ kind: 'other' })
  })

  test('tells what else a manifest is', () => {
    const type = 'application/vnd.oci.image.config.v1+json'
    expect(readComposeArtifact({ config: { mediaType: type }, layers: [] })).toEqual({ kind: 'other', type })
  })

  test.for(['../x.env', '/etc/x.env', 'a/b.env', '..', '', 'a\\b'])(
    'refuses a file named "%s", which is not in the folder of the others',
    name => {
      const manifest = composeManifest([{ ...FILES[2], name }, FILES[0]], {
        version: '1.1',
        config,
        createdAt: 0,
      })
      expect(() => readComposeArtifact(manifest)).toThrow(SyntaxError)
    },
  )

  test('refuses a project without a Compose file', () => {
    const manifest = composeManifest([FILES[2]], { version: '1.1', config, createdAt: 0 })
    expect(() => readComposeArtifact(manifest)).toThrow('it has no Compose file')
  })
})
