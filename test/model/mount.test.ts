import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../src/base/absolute-path.ts'
import { servicePath } from '../../src/base/model-path.ts'
import { isAnonymousVolume, type Mount, type MountNeeds, mountNeeds } from '../../src/model/mount.ts'

const target = parseAbsolutePath('/x')
const origin = servicePath('web', 'volumes', 0)
const nothing: MountNeeds = { paths: [], volumes: [], images: [] }
const volume = { kind: 'volume', target, origin, readOnly: false, nocopy: false, subpath: undefined } as const
const anonymous: Mount = { ...volume, volume: undefined }
const mounts: readonly { readonly mount: Mount; readonly needs: Partial<MountNeeds> }[] = [
  {
    mount: {
      kind: 'bind',
      source: parseAbsolutePath('/src'),
      target,
      origin,
      readOnly: false,
      createHostPath: true,
      propagation: 'rprivate',
      recursive: true,
    },
    needs: { paths: ['/src'] },
  },
  { mount: { ...volume, volume: 'data' }, needs: { volumes: ['data'] } },
  { mount: anonymous, needs: {} },
  { mount: { kind: 'tmpfs', target, origin, size: undefined, mode: undefined, options: [] }, needs: {} },
  {
    mount: { kind: 'image', image: 'oci:/img', target, origin, subpath: 'etc' },
    needs: { images: ['oci:/img'] },
  },
]
for (const { mount, needs } of mounts) {
  test(`mountNeeds() of a ${mount.kind} are ${JSON.stringify(needs)}`, () => {
    expect(mountNeeds(mount)).toEqual({ ...nothing, ...needs })
  })
}

test('isAnonymousVolume() holds for a volume without a key alone', () => {
  expect(mounts.flatMap(({ mount }) => (isAnonymousVolume(mount) ? [mount] : []))).toEqual([anonymous])
})
