import { expect, test } from 'vitest'
import { getsImage, isAboutImages } from '../../src/planner/image-action.ts'
import { aBuildConfig } from '../support/build-config.ts'
import { aStart } from '../support/plan-builders.ts'

test('isAboutImages() is for what needs nothing of the project', () => {
  expect(isAboutImages({ kind: 'fetch-image', image: 'a', policy: 'missing' })).toBe(true)
  expect(isAboutImages(aStart(1, 'web').action)).toBe(false)
})

test('getsImage() is for what an image may be there after', () => {
  const build = { service: 'web', image: 'a', platform: undefined, config: aBuildConfig() }
  expect(getsImage({ kind: 'build-image', build })).toBe(true)
  expect(getsImage({ kind: 'push-image', image: 'a' })).toBe(false)
  expect(isAboutImages({ kind: 'build-image', build })).toBe(true)
})
