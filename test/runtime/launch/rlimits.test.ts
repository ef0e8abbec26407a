import { expect, test } from 'vitest'
import { rlimitSteps } from '../../../src/runtime/launch/rlimits.ts'

test('rlimitSteps() names the resource by number and -1 as unlimited', () => {
  const steps = rlimitSteps(new Map([['nofile', { soft: 1024, hard: -1 }]]), 'web')
  expect(steps).toEqual([
    {
      op: { op: 'set-rlimit', resource: 7, soft: 1024n, hard: 18_446_744_073_709_551_615n },
      purpose: 'set ulimit "nofile" to 1024:-1',
      optional: false,
      origin: 'services.web.ulimits.nofile',
    },
  ])
})

test('rlimitSteps() throws for a limit that Linux does not know', () => {
  expect(() => rlimitSteps(new Map([['speed', { soft: 1, hard: 1 }]]), 'web')).toThrow(
    expect.objectContaining({ code: 'bad-value', origin: 'services.web.ulimits.speed' }),
  )
})
