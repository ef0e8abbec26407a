import { expect, test } from 'vitest'
import { ownerOfSession, sessionOfOwner } from '../../../../../src/engine/local/build/run/session-layout.ts'

test('sessionOfOwner() knows the owners that ownerOfSession() returns, and no project', () => {
  expect(sessionOfOwner(ownerOfSession('tmp-1-2-3'))).toBe('tmp-1-2-3')
  expect(sessionOfOwner('build')).toBeUndefined()
  expect(sessionOfOwner('build-tmp')).toBeUndefined()
})
