import { expect, test } from 'vitest'
import { imageNameParts, shortImageLabel, shortImageName } from '../../../src/cli/views/image-name.ts'
import { parsePlatform } from '../../../src/model/platform.ts'

const names = [
  { reference: 'docker.io/library/redis:7', repository: 'redis', tag: '7' },
  { reference: 'docker.io/team/app:1.2', repository: 'team/app', tag: '1.2' },
  { reference: 'localhost:5000/a/b:x', repository: 'localhost:5000/a/b', tag: 'x' },
  { reference: 'docker.io/library/x:1', repository: 'x', tag: '1' },
  { reference: 'x', repository: 'x', tag: 'latest' },
  { reference: 'localhost:5000/a', repository: 'localhost:5000/a', tag: 'latest' },
  { reference: 'oci:./web', repository: 'oci:./web', tag: undefined },
  { reference: 'ghcr.io/a/b@sha256:00', repository: 'ghcr.io/a/b', tag: undefined },
  { reference: 'ghcr.io/a/b:1@sha256:00', repository: 'ghcr.io/a/b', tag: '1' },
  { reference: 'oci:/images/web:v1', repository: 'oci:/images/web', tag: 'v1' },
  { reference: 'rootfs:/srv/a:b', repository: 'rootfs:/srv/a:b', tag: undefined },
]
for (const { reference, repository, tag } of names) {
  test(`imageNameParts() splits ${reference}`, () => {
    expect(imageNameParts(reference)).toEqual({ repository, tag })
  })
}

test("shortImageName() leaves out Docker Hub's host and library", () => {
  expect(shortImageName('docker.io/library/redis:7')).toBe('redis:7')
  expect(shortImageName('docker.io/a/b:1')).toBe('a/b:1')
  expect(shortImageName('ghcr.io/library/b:1')).toBe('ghcr.io/library/b:1')
})

test('shortImageLabel() names the platform where the image has one that is not the own', () => {
  expect(shortImageLabel({ reference: 'docker.io/library/redis:7' })).toBe('redis:7')
  const platform = parsePlatform('linux/arm64')
  expect(shortImageLabel({ reference: 'docker.io/library/redis:7', platform })).toBe(
    'redis:7 for linux/arm64',
  )
})
