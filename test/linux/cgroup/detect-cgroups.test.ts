import { expect, test } from 'vitest'
import { detectCgroups } from '../../../src/linux/cgroup/detect-cgroups.ts'

const ROOT = '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw'
const V2 = '30 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate'
const HYBRID_V2 = '31 22 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'
const MEMORY = '32 22 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory'
const CPU = '33 22 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct'
const SYSTEMD = '34 22 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd'

const cases = [
  { name: 'a v2 host', lines: [ROOT, V2], host: { kind: 'v2', mountPoint: '/sys/fs/cgroup' } },
  {
    name: 'a hybrid host as v1',
    lines: [ROOT, HYBRID_V2, MEMORY, CPU, SYSTEMD],
    host: {
      kind: 'v1',
      hierarchies: [
        { mountPoint: '/sys/fs/cgroup/memory', controllers: ['memory'] },
        { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
      ],
    },
  },
  {
    name: 'a v2 host with a named v1 hierarchy',
    lines: [SYSTEMD, V2],
    host: { kind: 'v2', mountPoint: '/sys/fs/cgroup' },
  },
  {
    name: 'a hierarchy that is mounted twice',
    lines: [MEMORY, MEMORY.replace('/sys/fs/cgroup/memory', '/mnt')],
    host: { kind: 'v1', hierarchies: [{ mountPoint: '/sys/fs/cgroup/memory', controllers: ['memory'] }] },
  },
  {
    name: 'a mount point with a space',
    lines: [V2.replace('/sys/fs/cgroup', '/my\\040groups')],
    host: { kind: 'v2', mountPoint: '/my groups' },
  },
]
for (const { name, lines, host } of cases) {
  test(`detectCgroups() reads ${name}`, () => {
    expect(detectCgroups(() => `${lines.join('\n')}\n`)).toEqual(host)
  })
}

test('detectCgroups() throws where none is mounted', () => {
  expect(() => detectCgroups(() => `${ROOT}\n`)).toThrow(
    expect.objectContaining({ code: 'cgroup', message: expect.stringMatching(/^Cannot limit containers/) }),
  )
})
