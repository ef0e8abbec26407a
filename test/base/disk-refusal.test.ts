import { expect, test } from 'vitest'
import { diskRefusal } from '../../src/base/disk-refusal.ts'

function failure(details: object): Error {
  return Object.assign(new Error('failed'), { syscall: 'open' }, details)
}

const refusals = [
  { details: { code: 'ENOSPC' }, message: 'Cannot write: no space left on device' },
  {
    details: { code: 'EDQUOT', path: '/data/x' },
    message: 'Cannot write "/data/x": the disk quota is exceeded',
  },
  {
    details: { code: 'EROFS', path: '/data/x' },
    message: 'Cannot write "/data/x": the file system is read-only',
  },
]
for (const { details, message } of refusals) {
  test(`diskRefusal() explains ${JSON.stringify(details)}`, () => {
    const cause = failure(details)
    expect(diskRefusal(cause)).toMatchObject({ code: 'disk-refuses', message, cause })
  })
}

const others = [
  { what: 'another errno', error: failure({ code: 'EACCES', path: '/data/x' }) },
  { what: 'a cgroup file', error: failure({ code: 'ENOSPC', path: '/sys/fs/cgroup/a/cpuset.cpus' }) },
  { what: 'a limit of inotify', error: failure({ code: 'ENOSPC', syscall: 'watch', path: '/data' }) },
  { what: 'no system call', error: Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }) },
  { what: 'no error', error: 'ENOSPC' },
]
for (const { what, error } of others) {
  test(`diskRefusal() leaves ${what} alone`, () => {
    expect(diskRefusal(error)).toBeUndefined()
  })
}
