import { expect, test } from 'vitest'
import { LaunchFailure, requestError } from '../../../src/runtime/keeper/keeper-error.ts'

test('LaunchFailure names its errno', () => {
  expect(new LaunchFailure({ index: 3, errno: 2, what: 'chdir /x' })).toMatchObject({
    index: 3,
    errnoName: 'ENOENT',
    message: 'Cannot launch: chdir /x: ENOENT',
  })
})

test('requestError() parts the call from its object', () => {
  expect(requestError({ index: -1, errno: 98, what: 'setns /run/a b' })).toMatchObject({
    call: 'setns',
    object: '/run/a b',
    errnoName: 'EADDRINUSE',
  })
})

test('requestError() makes do without an object', () => {
  expect(requestError({ index: -1, errno: 98, what: 'bind' })).toMatchObject({ call: 'bind' })
})
