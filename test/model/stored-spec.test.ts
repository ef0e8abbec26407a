import { expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import { fromStoredSpec, toStoredSpec } from '../../src/model/stored-spec.ts'
import { aContainerSpec } from '../support/container-input.ts'
import { aPort, aVolumeMount } from '../support/model-builders.ts'

const spec = aContainerSpec({
  mounts: [{ ...aVolumeMount('data'), origin: servicePath('web', 'tmpfs', 3) }],
  ports: [aPort(80), { ...aPort(81), origin: servicePath('web', 'ports', 1) }],
})

test('toStoredSpec() leaves out the paths of ports alone', () => {
  const { mounts, ports } = toStoredSpec(spec).config
  expect(mounts).toEqual(spec.config.mounts)
  expect(ports).toEqual([
    { hostIp: undefined, published: { from: 80, to: 80 }, target: 80, protocol: 'tcp' },
    { hostIp: undefined, published: { from: 81, to: 81 }, target: 80, protocol: 'tcp' },
  ])
})

test('fromStoredSpec() gives what toStoredSpec() took', () => {
  expect(fromStoredSpec(toStoredSpec(spec))).toEqual(spec)
})

test('fromStoredSpec() takes a mount without a path for one of volumes', () => {
  const stored = toStoredSpec(spec)
  const { origin, ...mount } = aVolumeMount('data')
  const { mounts } = fromStoredSpec({
    ...stored,
    config: { ...stored.config, mounts: [mount, mount] },
  }).config
  expect(mounts.map(mount => mount.origin)).toEqual(['services.web.volumes.0', 'services.web.volumes.1'])
})
