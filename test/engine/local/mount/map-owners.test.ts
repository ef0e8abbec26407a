import { expect, test } from 'vitest'
import { hostMount } from '../../../../src/engine/local/mount/host-mount.ts'
import { mapOwners } from '../../../../src/engine/local/mount/map-owners.ts'
import { swappedIds } from '../../../../src/model/id-mapping.ts'

const part = { path: '/srv', isFile: false, target: '/data', readOnly: false, recursive: false }
const maps = [{ containerID: 0, hostID: 100_000, size: 1000 }]
const owners = { uidMappings: maps, gidMappings: maps }

test('mapOwners() shows what belongs to the container as its users', () => {
  const { mount } = mapOwners(hostMount({ ...part, isOfContainer: true }), owners)
  expect([mount.uidMappings, mount.gidMappings]).toEqual([maps, maps])
})

test('mapOwners() leaves what belongs to the host, and everything without a user namespace', () => {
  for (const resolved of [hostMount(part), hostMount({ ...part, isOfContainer: true })])
    expect(mapOwners(resolved, resolved.isOfContainer ? undefined : owners)).toBe(resolved)
})

test('mapOwners() shows the files of a caller as those of a user of the namespace, and of others as nobody', () => {
  const resolved = hostMount(part)
  const swapped = { uidMappings: swappedIds(5000, 33), gidMappings: swappedIds(5000, 33) }
  const { mount } = mapOwners({ ...resolved, mount: { ...resolved.mount, ...swapped } }, owners)
  expect(mount.uidMappings).toEqual([
    { containerID: 0, hostID: 100_000, size: 33 },
    { containerID: 34, hostID: 100_034, size: 966 },
    { containerID: 5000, hostID: 100_033, size: 1 },
  ])
})
