import { chownSync, mkdirSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { LaunchOp } from '../../src/runtime/launch/launch-op.ts'
import { buildSanitizedKeeper, KeeperFixture, shell, steps } from './keeper-fixture.ts'

const MS_REC = 0x4000
const MS_PRIVATE = 0x40000
const MS_SLAVE = 0x80000
const MOUNT_ATTR_RDONLY = 1

beforeAll(buildSanitizedKeeper)

test('a launch program builds a root of its own', async () => {
  await using fixture = await KeeperFixture.start()
  for (const name of ['upper', 'upper/links', 'work', 'root', 'volume']) mkdirSync(fixture.path(name))
  writeFileSync(fixture.path('volume/data'), 'kept')
  writeFileSync(fixture.path('upper/secret'), 'secret')
  symlinkSync('/made/by/link', fixture.path('upper/links/volume'))
  const script = [
    'cat /made/by/link/data',
    'cat /secret | wc -c',
    'ls /hidden | wc -l',
    'echo x 2>/dev/null > /frozen/x || echo read-only',
    'echo x 2>/dev/null > /x || echo root read-only',
    'ls /proc | grep -c "^[0-9]"',
    'cat /etc/motd-of-test',
    'readlink /made-link',
    'ls -ldn /owned | cut -d" " -f1,3,4',
    'id -u; id -G; uname -n',
    'grep -E "CapBnd|CapEff|NoNewPrivs" /proc/self/status',
    'ulimit -n',
  ]
  const program = [...steps(...rootOps(fixture)), ...shell(script.join('\n'))]
  await fixture.connection.launch(fixture.container('a', '', { program }))
  await fixture.connection.wait('a')
  expect(fixture.lines('a').map(line => line.replace(/^\w+ F /, ''))).toEqual([
    'kept0',
    '0',
    'read-only',
    'root read-only',
    expect.stringMatching(/^[1-9]$/),
    'hello',
    'volume',
    'drwxr-x--- 7 8',
    '1234',
    '1235 1236',
    'inside',
    'CapEff:\t0000000000000000',
    'CapBnd:\t0000000000000400',
    'NoNewPrivs:\t1',
    '64',
  ])
  expect(statSync(fixture.path('upper/made/by/link')).isDirectory()).toBe(true)
})

/** An overlay over the host's own files, entered, furnished and given up step by step. */
function rootOps(fixture: KeeperFixture): readonly LaunchOp[] {
  const root = fixture.path('root')
  return [
    { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_SLAVE, data: '' },
    { op: 'chdir', path: fixture.folder },
    {
      op: 'mount',
      source: 'overlay',
      target: root,
      type: 'overlay',
      flags: 0,
      data: 'lowerdir=/,upperdir=upper,workdir=work',
    },
    {
      op: 'open-tree',
      slot: 255,
      source: fixture.path('volume'),
      recursive: true,
      attributes: 0,
      propagation: MS_PRIVATE,
    },
    { op: 'open-tree', slot: 0, source: '/dev', recursive: true, attributes: 0, propagation: 0 },
    { op: 'pivot-root', root },
    { op: 'move-tree', slot: 0, target: '/dev' },
    { op: 'mount', source: 'proc', target: '/proc', type: 'proc', flags: 0, data: '' },
    { op: 'make-target', target: '/links/volume', directory: true, mode: 0o755 },
    { op: 'move-tree', slot: 255, target: '/links/volume' },
    { op: 'mkdir', path: '/hidden', mode: 0o755 },
    { op: 'write-file', path: '/hidden/x', content: Buffer.from('x'), create: true, mode: 0o644 },
    { op: 'mask-path', path: '/hidden' },
    { op: 'mask-path', path: '/secret' },
    { op: 'mkdir', path: '/frozen', mode: 0o777 },
    { op: 'read-only-path', path: '/frozen' },
    {
      op: 'write-file',
      path: '/etc/motd-of-test',
      content: Buffer.from('hello\n'),
      create: true,
      mode: 0o644,
    },
    { op: 'symlink', target: 'volume', path: '/made-link' },
    { op: 'mkdir', path: '/owned', mode: 0o750 },
    { op: 'chown', path: '/owned', uid: 7, gid: 8 },
    { op: 'mknod', path: '/fifo', mode: 0o010600, major: 0, minor: 0 },
    { op: 'set-mount-attributes', path: '/', attributes: MOUNT_ATTR_RDONLY },
    { op: 'set-hostname', name: 'inside' },
    { op: 'set-domainname', name: 'example' },
    { op: 'set-rlimit', resource: 7, soft: 64n, hard: 64n },
    { op: 'limit-bounding-set', keep: 1n << 10n },
    { op: 'set-groups', gids: [1236] },
    { op: 'set-gid', gid: 1235 },
    { op: 'keep-capabilities' },
    { op: 'set-uid', uid: 1234 },
    { op: 'set-capabilities', effective: 0n, permitted: 0n, inheritable: 0n, ambient: 0n },
    { op: 'no-new-privileges' },
    { op: 'seccomp', filter: ALLOW_ALL },
  ]
}

/** `ret ALLOW` as struct sock_filter. */
const ALLOW_ALL = Buffer.from([0x06, 0, 0, 0, 0, 0, 0xff, 0x7f])

const beneath = { recursive: false, attributes: 0, propagation: MS_PRIVATE } as const

test('a part of a tree is opened beneath it and placed', async () => {
  await using fixture = await KeeperFixture.start()
  for (const name of ['tree/part', 'place']) mkdirSync(fixture.path(name), { recursive: true })
  writeFileSync(fixture.path('tree/part/data'), 'part')
  const program = [
    ...steps(
      { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_SLAVE, data: '' },
      { op: 'open-tree-beneath', slot: 3, root: fixture.path('tree'), path: 'part', ...beneath },
      { op: 'place-tree', slot: 3, target: fixture.path('place') },
    ),
    ...shell(`cat ${fixture.path('place/data')}`),
  ]
  await fixture.connection.launch(fixture.container('a', '', { program }))
  await fixture.connection.wait('a')
  expect(fixture.lines('a').join()).toContain('part')
})

for (const [path, errno] of [
  ['out', constants.errno.ELOOP],
  ['out/inner', constants.errno.ELOOP],
  ['own', constants.errno.ELOOP],
  ['../outside', constants.errno.EXDEV],
  ['none', constants.errno.ENOENT],
] as const) {
  test(`open-tree-beneath fails for ${path}`, async () => {
    await using fixture = await KeeperFixture.start()
    for (const name of ['tree/part', 'outside/inner']) mkdirSync(fixture.path(name), { recursive: true })
    symlinkSync(fixture.path('outside'), fixture.path('tree/out'))
    symlinkSync('part', fixture.path('tree/own'))
    const program = [
      ...steps({ op: 'open-tree-beneath', slot: 0, root: fixture.path('tree'), path, ...beneath }),
      ...shell('true'),
    ]
    await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
      index: 0,
      errno,
    })
  })
}

for (const target of ['/proc', '/proc/fs', '/', 'link/fs', 'root']) {
  test(`place-tree puts nothing on ${target}`, async () => {
    await using fixture = await KeeperFixture.start()
    mkdirSync(fixture.path('part'))
    symlinkSync('/proc', fixture.path('link'))
    symlinkSync('/', fixture.path('root'))
    const program = [
      ...steps(
        { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_PRIVATE, data: '' },
        { op: 'open-tree', slot: 0, source: fixture.path('part'), ...beneath },
        { op: 'place-tree', slot: 0, target: target.startsWith('/') ? target : fixture.path(target) },
      ),
      ...shell('true'),
    ]
    await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
      index: 2,
      errno: constants.errno.EPERM,
    })
  })
}

test('mask-path covers a file with nothing but the null device', async () => {
  await using fixture = await KeeperFixture.start()
  for (const name of ['marker', 'secret']) writeFileSync(fixture.path(name), name)
  const program = [
    ...steps(
      { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_PRIVATE, data: '' },
      { op: 'open-tree', slot: 0, source: fixture.path('marker'), ...beneath },
      { op: 'move-tree', slot: 0, target: '/dev/null' },
      { op: 'mask-path', path: fixture.path('secret') },
    ),
    ...shell('true'),
  ]
  await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
    index: 3,
    errno: constants.errno.ENODEV,
  })
})

test('a full disk under the log does not block a container', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'seq 1 100000', { logPath: '/dev/full' }))
  expect(await fixture.connection.wait('a')).toMatchObject({ status: 0 })
})

test('a launch program mounts more layers than one page of options names', async () => {
  await using fixture = await KeeperFixture.start()
  const names = Array.from({ length: 200 }, (_, index) => `layer-${String(index).padStart(40, '0')}`)
  for (const name of ['upper', 'work', 'root', ...names]) mkdirSync(fixture.path(name))
  for (const [index, name] of names.entries()) {
    writeFileSync(fixture.path(`${name}/file-${index}`), '')
    writeFileSync(fixture.path(`${name}/top`), `${index}\n`)
  }
  const overlay: LaunchOp = {
    op: 'mount-overlay',
    target: fixture.path('root'),
    layers: names.toReversed(),
    names: ['upperdir', 'workdir', 'index', 'volatile'],
    values: ['upper', 'work', 'off', ''],
  }
  const program = [
    ...steps(SEPARATE, { op: 'chdir', path: fixture.folder }, overlay),
    ...shell(`cd ${fixture.path('root')}; ls | wc -l; cat top; echo written > new`),
  ]
  await fixture.connection.launch(fixture.container('a', '', { program }))
  await fixture.connection.wait('a')
  expect(fixture.lines('a')).toEqual(['stdout F 201', 'stdout F 199'])
  expect(fixture.read('upper/new')).toBe('written\n')
})

test('a launch program says which layer cannot be mounted', async () => {
  await using fixture = await KeeperFixture.start()
  mkdirSync(fixture.path('root'))
  const overlay: LaunchOp = {
    op: 'mount-overlay',
    target: fixture.path('root'),
    layers: [fixture.folder, '/missing/layer'],
    names: [],
    values: [],
  }
  const program = [...steps(SEPARATE, overlay), ...shell('true')]
  await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
    index: 1,
    errnoName: 'ENOENT',
    what: 'fsconfig lowerdir+ /missing/layer',
  })
})

const SEPARATE: LaunchOp = {
  op: 'mount',
  source: 'none',
  target: '/',
  type: '',
  flags: MS_REC | MS_SLAVE,
  data: '',
}

test('map-tree shows the files of a folder as those of another owner, both ways', async () => {
  await using fixture = await KeeperFixture.start()
  const folder = fixture.path('mapped')
  mkdirSync(folder)
  chownSync(folder, 1000, 1001)
  writeFileSync(join(folder, 'old'), '')
  chownSync(join(folder, 'old'), 1000, 1001)
  const maps = { uidMap: '1000 33 1\n33 1000 1\n0 0 33\n', gidMap: '1001 34 1\n0 0 34\n' }
  const mapped = (id: string, ops: readonly LaunchOp[], script: string) =>
    fixture.container(id, '', { program: [...steps(...ops), ...shell(script)] })
  const clone = { slot: 3, recursive: true, attributes: 0, propagation: MS_PRIVATE } as const
  // In the container's mount namespace only; the folder of the test lets no other user in.
  const target = '/mnt'
  const ops: readonly LaunchOp[] = [
    { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_SLAVE, data: '' },
    { op: 'open-tree', source: folder, ...clone },
    { op: 'map-tree', slot: 3, recursive: true, ...maps },
    { op: 'move-tree', slot: 3, target },
    { op: 'set-gid', gid: 34 },
    { op: 'set-uid', uid: 33 },
  ]
  const script = `cd ${target}; stat -c '%u:%g' . old; touch new; stat -c '%u:%g' new`
  await fixture.connection.launch(mapped('a', ops, script))
  await fixture.connection.wait('a')
  expect(fixture.lines('a')).toEqual(['stdout F 33:34', 'stdout F 33:34', 'stdout F 33:34'])
  const { uid, gid } = statSync(join(folder, 'new'))
  expect([uid, gid]).toEqual([1000, 1001])
})

test('a process enters a user namespace whose root owns the files that were made and shown for it', async () => {
  await using fixture = await KeeperFixture.start()
  const folder = fixture.path('mapped')
  mkdirSync(folder)
  const map = '0 700000 1000\n'
  const clone = { slot: 3, recursive: false, attributes: 0, propagation: MS_PRIVATE } as const
  const ops: readonly LaunchOp[] = [
    { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_SLAVE, data: '' },
    { op: 'make-user-namespace', slot: 4, uidMap: map, gidMap: map },
    { op: 'open-tree', source: folder, ...clone },
    { op: 'map-tree-by', slot: 3, recursive: false, namespace: 4 },
    { op: 'set-file-owner', uid: 700_000, gid: 700_000 },
    { op: 'mount', source: 'tmpfs', target: '/srv', type: 'tmpfs', flags: 0, data: 'mode=755' },
    { op: 'mknod', path: '/srv/null', mode: 0o20666, major: 1, minor: 3 },
    { op: 'move-tree', slot: 3, target: '/mnt' },
    { op: 'enter-user-namespace', slot: 4 },
    { op: 'limit-bounding-set', keep: 1n },
    { op: 'set-groups', gids: [0] },
    { op: 'set-gid', gid: 0 },
    { op: 'set-uid', uid: 0 },
  ]
  const script = [
    'id -u; cat /proc/self/uid_map | tr -s " "; touch /mnt/new',
    'stat -c "%u:%g" /srv /srv/null /mnt /mnt/new; grep CapBnd /proc/self/status; : > /srv/null',
  ].join(';')
  await fixture.connection.launch(
    fixture.container('a', '', { program: [...steps(...ops), ...shell(script)] }),
  )
  await fixture.connection.wait('a')
  const bounding = 'CapBnd:\t0000000000000001'
  expect(fixture.lines('a').map(line => line.slice('stdout F '.length))).toEqual([
    '0',
    ' 0 700000 1000',
    '0:0',
    '0:0',
    '0:0',
    '0:0',
    bounding,
  ])
  expect(statSync(join(folder, 'new')).uid).toBe(0)
})

test('a process takes the user namespace that owns its network, and makes one where the host owns that', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const [owner, other] = ['0 700000 1000\n', '0 800000 10\n']
  const network: readonly LaunchOp[] = [
    { op: 'network-owner', uidMap: owner, gidMap: owner },
    { op: 'make-network', name: '0123456789ab/net', link: fixture.path('network') },
  ]
  const enter: readonly LaunchOp[] = [
    { op: 'owning-user-namespace', slot: 4, uidMap: other, gidMap: other },
    { op: 'enter-user-namespace', slot: 4 },
  ]
  const script = 'tr -s " " < /proc/self/uid_map; readlink /proc/self/ns/user /proc/self/ns/net'
  const runs: readonly (readonly [string, readonly LaunchOp[]])[] = [
    ['first', [...network, ...enter]],
    ['again', [...network, ...enter]],
    ['host', enter],
  ]
  for (const [id, ops] of runs) {
    await connection.launch(fixture.container(id, '', { program: [...steps(...ops), ...shell(script)] }))
    await connection.wait(id)
  }
  const said = (id: string) => fixture.lines(id).map(line => line.slice('stdout F '.length))
  const { ino } = statSync(fixture.path('network'))
  expect(said('first')).toEqual([' 0 700000 1000', expect.any(String), `net:[${ino}]`])
  expect(said('again')).toEqual(said('first'))
  expect(said('host')).toEqual([' 0 800000 10', expect.any(String), readlinkSync('/proc/self/ns/net')])
  expect(said('host')[1]).not.toBe(said('first')[1])
  await connection.release('0123456789ab/')
})

test('a user namespace that was not made can neither be entered nor show owners', async () => {
  await using fixture = await KeeperFixture.start()
  const launch = (id: string, ...ops: readonly LaunchOp[]) =>
    fixture.connection.launch(fixture.container(id, '', { program: [...steps(...ops), ...shell('true')] }))
  const failure = { errnoName: 'EBADF', what: 'setns user namespace' }
  await expect(launch('a', { op: 'enter-user-namespace', slot: 4 })).rejects.toMatchObject(failure)
  await expect(
    launch('b', { op: 'map-tree-by', slot: 3, recursive: false, namespace: 4 }),
  ).rejects.toMatchObject({ errnoName: 'EBADF' })
  await expect(
    launch('c', { op: 'map-tree-by', slot: 3, recursive: false, namespace: 256 }),
  ).rejects.toMatchObject({ what: 'read operation slot out of range' })
})

test('map-tree fails for a map that is none, and for a file system that cannot', async () => {
  await using fixture = await KeeperFixture.start()
  const launch = (id: string, source: string, uidMap: string) =>
    fixture.connection.launch(
      fixture.container(id, '', {
        program: [
          ...steps(
            { op: 'open-tree', slot: 3, source, recursive: false, attributes: 0, propagation: MS_PRIVATE },
            { op: 'map-tree', slot: 3, recursive: false, uidMap, gidMap: '0 0 1\n' },
          ),
          ...shell('true'),
        ],
      }),
    )
  await expect(launch('a', fixture.folder, 'no map')).rejects.toMatchObject({
    index: 1,
    errnoName: 'EINVAL',
    what: 'write uid_map',
  })
  await expect(launch('b', '/proc', '0 0 1\n')).rejects.toMatchObject({
    index: 1,
    errnoName: 'EINVAL',
    what: 'mount_setattr idmap',
  })
})

test('make-cgroup makes the folders above it beside others that do so, too', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  for (let round = 0; round < 5; round++) {
    const launches = Array.from({ length: 20 }, (_, index) => {
      const path = fixture.path(`round-${round}/one/two/${index}`)
      const program = [...steps({ op: 'make-cgroup', path }), ...shell('exit 0')]
      return connection.launch(fixture.container(`${round}-${index}`, '', { program, stateDir: undefined }))
    })
    await Promise.all(launches)
  }
})

test('make-cgroup makes what misses, and write-each writes each text on its own', async () => {
  await using fixture = await KeeperFixture.start()
  const path = fixture.path('deep/group')
  writeFileSync(fixture.path('file'), 'before')
  const ops: readonly LaunchOp[] = [
    { op: 'make-cgroup', path },
    { op: 'make-cgroup', path },
    { op: 'write-each', path: fixture.path('file'), texts: ['one', 'two'] },
  ]
  const program = [...steps(...ops), ...shell(`ls -d ${path}; cat ${fixture.path('file')}`)]
  await fixture.connection.launch(fixture.container('a', '', { program }))
  await fixture.connection.wait('a')
  expect(fixture.lines('a')).toEqual([`stdout F ${path}`, 'stdout F onetwo'])
  const refused = steps({ op: 'write-each', path: '/dev/full', texts: ['three'] })
  await expect(
    fixture.connection.launch(fixture.container('b', '', { program: [...refused, ...shell('true')] })),
  ).rejects.toMatchObject({ index: 0, errnoName: 'ENOSPC', what: 'three /dev/full' })
})
