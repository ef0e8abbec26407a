import { expect, test } from 'vitest'
import { noSuchService } from '../../src/base/no-such-service.ts'

test("noSuchService() has docker compose's words, and what may have been meant", () => {
  expect(noSuchService('wbe', ['db', 'web'])).toEqual({
    severity: 'error',
    code: 'no-such-service',
    message: 'Cannot select a service: no such service: wbe',
    hint: 'did you mean "web"?',
  })
  expect(noSuchService('x', [])).not.toHaveProperty('hint')
})
