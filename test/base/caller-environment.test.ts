import { expect, test } from 'vitest'
import { callerEnvironment } from '../../src/base/caller-environment.ts'

test('callerEnvironment() gives variables back the names that the caller used', () => {
  const environment = {
    HOME: '/root',
    TCOMPOSE_CALLER_NODE_OPTIONS: '',
    TCOMPOSE_DATA: '/d',
    GONE: undefined,
  }
  expect(callerEnvironment(environment)).toEqual({ HOME: '/root', NODE_OPTIONS: '', TCOMPOSE_DATA: '/d' })
})
