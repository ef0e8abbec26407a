import { expect, test } from 'vitest'
import { parsePlatform } from '../../../src/model/platform.ts'
import { imageKey, parseImageKey, splitImageKey } from '../../../src/store/images/image-key.ts'

const names = [
  { text: 'docker.io/library/redis:7', reference: 'docker.io/library/redis:7', platform: undefined },
  {
    text: 'docker.io/library/redis:7+linux/arm64',
    reference: 'docker.io/library/redis:7',
    platform: parsePlatform('linux/arm64'),
  },
  { text: 'oci:/a+b:x+linux/arm/v7', reference: 'oci:/a+b:x', platform: parsePlatform('linux/arm/v7') },
  { text: 'of another tool, 1+1', reference: 'of another tool, 1+1', platform: undefined },
]
for (const { text, reference, platform } of names) {
  test(`imageKey() makes ${text}, which splitImageKey() takes apart`, () => {
    expect(imageKey(reference, platform)).toBe(text)
    expect(splitImageKey(parseImageKey(text))).toEqual({ reference, ...(platform && { platform }) })
  })
}
