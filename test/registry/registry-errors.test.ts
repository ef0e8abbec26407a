import { expect, test } from 'vitest'
import { rateLimited } from '../../src/registry/registry-errors.ts'

const PURPOSE = { kind: 'pull', reference: 'redis:7' } as const

for (const { what, limit, message, hint } of [
  {
    what: 'how long to wait, and that a log-in helps',
    limit: { host: 'docker.io', waitMs: 1500, hasCredentials: false, explanation: '' },
    message: 'docker.io accepts no more requests from this machine for another 2 s',
    hint: 'Wait for another 2 s, log in with `tcompose login` for a higher limit, or name a mirror in registries.json (docs/registries.md)',
  },
  {
    what: 'where to log in',
    limit: { host: 'r.test', waitMs: undefined, hasCredentials: false, explanation: ' (toomanyrequests)' },
    message: 'r.test accepts no more requests from this machine (toomanyrequests)',
    hint: 'Wait, log in with `tcompose login r.test` for a higher limit, or name a mirror in registries.json (docs/registries.md)',
  },
  {
    what: 'nothing of a log-in to who is logged in',
    limit: { host: 'r.test', waitMs: undefined, hasCredentials: true, explanation: '' },
    message: 'r.test accepts no more requests from this machine',
    hint: 'Wait, or name a mirror in registries.json (docs/registries.md)',
  },
]) {
  test(`rateLimited() says ${what}`, () => {
    const error = rateLimited(PURPOSE, limit)
    expect(error).toMatchObject({ code: 'registry-rate-limit', hint })
    expect(error.message).toContain(message)
  })
}
