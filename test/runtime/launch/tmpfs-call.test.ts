import { expect, test } from 'vitest'
import { tmpfsCall } from '../../../src/runtime/launch/tmpfs-call.ts'

const NOSUID_NODEV_NOEXEC = 2 | 4 | 8
const mount = {
  kind: 'tmpfs',
  target: '/run',
  sizeBytes: undefined,
  mode: undefined,
  options: [],
  origin: undefined,
} as const

const cases = [
  { changes: {}, flags: NOSUID_NODEV_NOEXEC, data: '' },
  { changes: { sizeBytes: 4096, mode: 0o1777 }, flags: NOSUID_NODEV_NOEXEC, data: 'size=4096,mode=1777' },
  { changes: { options: ['exec', 'uid=7', 'ro'] }, flags: 1 | 2 | 4, data: 'uid=7' },
  { changes: { options: ['suid', 'dev', 'exec'] }, flags: 0, data: '' },
]
for (const { changes, flags, data } of cases) {
  test(`tmpfsCall() mounts ${JSON.stringify(changes)} with flags ${flags}`, () => {
    expect(tmpfsCall({ ...mount, ...changes })).toEqual({ type: 'tmpfs', target: '/run', flags, data })
  })
}
