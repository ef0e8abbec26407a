import { expect, test } from 'vitest'
import { mountOrigin } from '../../src/model/mount.ts'
import { aVolumeMount } from '../support/model-builders.ts'

test('mountOrigin() is what the mount says, or its place among the volumes in a record of an earlier version', () => {
  const mount = aVolumeMount('data')
  expect(mountOrigin('web', { ...mount, origin: 'services.web.tmpfs.1' }, 4)).toBe('services.web.tmpfs.1')
  expect(mountOrigin('web', mount, 4)).toBe('services.web.volumes.4')
})
