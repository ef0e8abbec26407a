import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import { rlimitSteps } from '../../../src/runtime/launch/rlimits.ts'

test('rlimitSteps() names the resource by number and says -1 for unlimited', () => {
  const limit = { type: 'RLIMIT_NOFILE', soft: 1024n, hard: 18_446_744_073_709_551_615n }
  const origins = new Map([
    ['process.rlimits.RLIMIT_NOFILE', servicePath('web', 'ulimits', 'nofile')],
  ] as const)
  expect(rlimitSteps([limit], origins)).toEqual([
    {
      op: { op: 'set-rlimit', resource: 7, soft: 1024n, hard: 18_446_744_073_709_551_615n },
      purpose: 'set ulimit "nofile" to 1024:-1',
      optional: false,
      origin: 'services.web.ulimits.nofile',
    },
  ])
})

test('rlimitSteps() throws for a limit that Linux does not know', () => {
  const limit = { type: 'RLIMIT_SPEED', soft: 1n, hard: 1n }
  const origins = new Map([['process.rlimits.RLIMIT_SPEED', servicePath('web', 'ulimits', 'speed')]] as const)
  expect(() => rlimitSteps([limit], origins)).toThrow(
    expect.objectContaining({
      code: 'bad-value',
      message: 'Cannot set ulimit "speed": Linux has no such limit',
      origin: 'services.web.ulimits.speed',
    }),
  )
})
