import { expect, test } from 'vitest'
import { parsePlatform } from '../../../src/model/platform.ts'
import { dockerTag } from '../../../src/store/archive/docker-tag.ts'
import { imageKey } from '../../../src/store/images/image-key.ts'

for (const { reference, tag } of [
  { reference: 'docker.io/library/redis:7', tag: 'docker.io/library/redis:7' },
  { reference: `docker.io/library/redis@sha256:${'a'.repeat(64)}`, tag: undefined },
  { reference: 'oci:/layout:v1', tag: undefined },
  { reference: 'rootfs:/image', tag: undefined },
]) {
  test(`dockerTag() of ${reference.slice(0, 30)} is ${tag}`, () => {
    expect(dockerTag(imageKey(reference, undefined))).toBe(tag)
  })
}

test('dockerTag() knows none for an image of another platform', () => {
  expect(dockerTag(imageKey('docker.io/library/redis:7', parsePlatform('linux/arm64')))).toBeUndefined()
})
