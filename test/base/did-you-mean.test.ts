import { expect, test } from 'vitest'
import { didYouMean, suggestOneOf } from '../../src/base/did-you-mean.ts'

test('didYouMean() names what is nearest, and nothing that is not near', () => {
  expect(didYouMean('nobodyy', ['root', 'nobody', 'daemon'])).toBe('did you mean "nobody"?')
  expect(didYouMean('web1', ['web2', 'web3', 'db'])).toBe('did you mean "web2" or "web3"?')
  expect(didYouMean('postgres', ['root', 'nobody'])).toBeUndefined()
})

test('suggestOneOf() names all there is where that is little and nothing is near', () => {
  expect(suggestOneOf('imgae', ['image', 'build'])).toBe('did you mean "image"?')
  expect(suggestOneOf('zebra', ['image', 'build'])).toBe('expected "image" or "build"')
  expect(suggestOneOf('zebra', [...'abcdefghi'])).toBeUndefined()
  expect(suggestOneOf('zebra', [])).toBeUndefined()
})
