import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import {
  isAnonymousVolume,
  type Mount,
  type MountNeeds,
  mountNeeds,
  mountOrigin,
} from '../../src/model/mount.ts'
import { aVolumeMount } from '../support/model-builders.ts'

test('mountOrigin() is what the mount says, or its place among the volumes in a record of an earlier version', () => {
  const mount = aVolumeMount('data')
  expect(mountOrigin('web', { ...mount, origin: 'services.web.tmpfs.1' }, 4)).toBe('services.web.tmpfs.1')
  expect(mountOrigin('web', mount, 4)).toBe('services.web.volumes.4')
})

const target = parseAbsolutePath('/x')
const nothing: MountNeeds = { paths: [], volumes: [], images: [] }
const volume = { kind: 'volume', target, readOnly: false, nocopy: false, subpath: undefined } as const
const anonymous: Mount = { ...volume, volume: undefined }
const mounts: readonly { readonly mount: Mount; readonly needs: Partial<MountNeeds> }[] = [
  {
    mount: {
      kind: 'bind',
      source: parseAbsolutePath('/src'),
      target,
      readOnly: false,
      createHostPath: true,
      propagation: 'rprivate',
      recursive: true,
    },
    needs: { paths: ['/src'] },
  },
  { mount: { ...volume, volume: 'data' }, needs: { volumes: ['data'] } },
  { mount: anonymous, needs: {} },
  { mount: { kind: 'tmpfs', target, size: undefined, mode: undefined, options: [] }, needs: {} },
  { mount: { kind: 'image', image: 'oci:/img', target, subpath: 'etc' }, needs: { images: ['oci:/img'] } },
]
for (const { mount, needs } of mounts) {
  test(`mountNeeds() of a ${mount.kind} are ${JSON.stringify(needs)}`, () => {
    expect(mountNeeds(mount)).toEqual({ ...nothing, ...needs })
  })
}

test('isAnonymousVolume() holds for a volume without a key alone', () => {
  expect(mounts.flatMap(({ mount }) => (isAnonymousVolume(mount) ? [mount] : []))).toEqual([anonymous])
})
