import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { bytesOf } from '../../../../src/base/bytes.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { tmpfsMount } from '../../../../src/engine/local/mount/tmpfs-mount.ts'
import type { TmpfsMount } from '../../../../src/model/mount.ts'
import { filesystemOptions } from '../../../../src/runtime/launch/mount-options.ts'

const NOSUID_NODEV_NOEXEC = 2 | 4 | 8
const mount: TmpfsMount = {
  kind: 'tmpfs',
  target: parseAbsolutePath('/run'),
  origin: servicePath('web', 'tmpfs', 0),
  size: undefined,
  mode: undefined,
  options: [],
}
const place = {
  roots: { data: '/none', run: '/none' },
  volumeNames: new Map(),
  openImage: () => undefined,
}

const cases: readonly {
  readonly changes: Partial<TmpfsMount>
  readonly flags: number
  readonly data: string
}[] = [
  { changes: {}, flags: NOSUID_NODEV_NOEXEC, data: '' },
  {
    changes: { size: bytesOf(4096), mode: 0o1777 },
    flags: NOSUID_NODEV_NOEXEC,
    data: 'size=4096,mode=1777',
  },
  { changes: { options: ['exec', 'uid=7', 'ro'] }, flags: 1 | 2 | 4, data: 'uid=7' },
  { changes: { options: ['suid', 'dev', 'exec'] }, flags: 0, data: '' },
]
for (const { changes, flags, data } of cases) {
  test(`tmpfsMount.resolve() mounts ${JSON.stringify(changes)} with flags ${flags}`, () => {
    const resolved = tmpfsMount.resolve({ ...mount, ...changes }, place)
    expect(resolved.mount).toMatchObject({ type: 'tmpfs', destination: '/run' })
    expect(filesystemOptions(resolved.mount.options)).toEqual({ flags, data })
  })
}
