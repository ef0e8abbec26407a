import { expect, test } from 'vitest'
import { forbiddenDeviceTarget } from '../../src/model/device-target.ts'

for (const { target, source, isForbidden } of [
  { target: '/dev/snd', source: '/dev/snd', isForbidden: false },
  { target: '/dev/null', source: '/dev/null', isForbidden: false },
  { target: '/dev/null', source: '/dev/zero', isForbidden: true },
  { target: '/dev/shm/x', source: '/dev/zero', isForbidden: true },
  { target: '/dev', source: '/dev', isForbidden: false },
  { target: '/dev', source: '/dev/zero', isForbidden: true },
  { target: '/', source: '/dev/zero', isForbidden: true },
  { target: '/proc/x', source: '/dev/zero', isForbidden: true },
  { target: '/sys/x', source: '/dev/zero', isForbidden: true },
  { target: '/opt/zero', source: '/dev/zero', isForbidden: false },
]) {
  test(`forbiddenDeviceTarget() ${isForbidden ? 'forbids' : 'allows'} ${source} at ${target}`, () => {
    expect(forbiddenDeviceTarget(target, source) !== undefined).toBe(isForbidden)
  })
}
