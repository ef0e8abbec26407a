import { describe, expect, test } from 'vitest'
import { parseReference } from '../../src/oci/reference.ts'
import { formatRegistryReference } from '../../src/oci/registry-reference.ts'

const hex = 'a'.repeat(64)

describe('parseReference()', () => {
  const local: ReadonlyArray<readonly [string, object]> = [
    ['rootfs:/', { kind: 'rootfs', path: '/' }],
    ['rootfs:/srv/a:b', { kind: 'rootfs', path: '/srv/a:b' }],
    ['oci:/srv/img', { kind: 'oci', path: '/srv/img', tag: undefined }],
    ['oci:/srv/img:v1', { kind: 'oci', path: '/srv/img', tag: 'v1' }],
    [`oci:/srv/img@sha256:${hex}`, { kind: 'oci', path: '/srv/img', digest: `sha256:${hex}` }],
    [`oci:/srv/img:v1@sha256:${hex}`, { kind: 'oci', path: '/srv/img', tag: 'v1', digest: `sha256:${hex}` }],
    ['oci-archive:/a.tar:x', { kind: 'oci-archive', path: '/a.tar', tag: 'x' }],
    ['docker-archive:/a.tar:redis:7', { kind: 'docker-archive', path: '/a.tar', tag: 'redis:7' }],
  ]
  for (const [text, expected] of local) {
    test(`reads ${text} as a local source`, () => expect(parseReference(text)).toEqual(expected))
  }

  const registry: ReadonlyArray<readonly [string, string]> = [
    ['redis', 'docker.io/library/redis:latest'],
    ['redis:7', 'docker.io/library/redis:7'],
    ['a/b', 'docker.io/a/b:latest'],
    ['index.docker.io/redis', 'docker.io/library/redis:latest'],
    ['localhost/x', 'localhost/x:latest'],
    ['localhost:5000/x:1', 'localhost:5000/x:1'],
    ['ghcr.io/a/b/c__d', 'ghcr.io/a/b/c__d:latest'],
    [`redis@sha256:${hex}`, `docker.io/library/redis@sha256:${hex}`],
    [`redis:7@sha256:${hex}`, `docker.io/library/redis:7@sha256:${hex}`],
  ]
  for (const [text, normal] of registry) {
    test(`reads ${text} as ${normal}`, () => {
      const parsed = parseReference(text)
      expect(parsed.kind === 'registry' && formatRegistryReference(parsed)).toBe(normal)
    })
  }

  for (const text of [
    '',
    'Redis',
    'redis:',
    'a//b',
    '-a',
    'redis@sha256:12',
    'rootfs:relative',
    'oci::x',
    'a b',
  ]) {
    test(`rejects ${JSON.stringify(text)}`, () => {
      expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'bad-value' }))
    })
  }
})
