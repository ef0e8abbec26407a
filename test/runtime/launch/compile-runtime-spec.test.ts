import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import { type HostMount, hostMount } from '../../../src/engine/local/mount/host-mount.ts'
import type { ResolvedMount } from '../../../src/engine/local/mount/resolved-mount.ts'
import { compileRuntimeSpec } from '../../../src/runtime/launch/compile-runtime-spec.ts'
import type { ContainerLaunch } from '../../../src/runtime/launch/container-launch.ts'
import type { LaunchOp, LaunchOpName, LaunchRequest } from '../../../src/runtime/launch/launch-op.ts'
import { aContainerInput, aContainerLaunch, CONTAINER_ID } from '../../support/container-input.ts'
import { deepFreeze } from '../../support/deep-freeze.ts'
import { aService } from '../../support/model-builders.ts'

const security = aService('x').security

function names({ program }: LaunchRequest): readonly LaunchOpName[] {
  return program.map(({ op }) => op.op)
}

function ops<Name extends LaunchOpName>(
  { program }: LaunchRequest,
  name: Name,
): readonly Extract<LaunchOp, { op: Name }>[] {
  return program.map(({ op }) => op).filter((op): op is Extract<LaunchOp, { op: Name }> => op.op === name)
}

function mountedAt(request: LaunchRequest): readonly string[] {
  return request.program.flatMap(({ op }) => (op.op === 'mount' || op.op === 'place-tree' ? [op.target] : []))
}

function aBind(target: string, changes: Partial<HostMount> = {}): ResolvedMount {
  return hostMount({
    path: `/src${target}`,
    isFile: false,
    target,
    readOnly: false,
    recursive: true,
    origin: servicePath('web', 'volumes', 0),
    ...changes,
  })
}

/** Returns the launch of a container of service `web`. */
function compile(...input: Parameters<typeof aContainerLaunch>): LaunchRequest {
  return compileRuntimeSpec(aContainerLaunch(...input))
}

test('compileRuntimeSpec() asks for namespaces of its own and the folders of its layout', () => {
  const { program: _, ...request } = compileRuntimeSpec(
    deepFreeze(aContainerLaunch({}, { seccomp: undefined })),
  )
  expect(request).toEqual({
    id: CONTAINER_ID,
    kind: 'container',
    killOnHangup: false,
    stdinOpen: false,
    cloneFlags: 0x2c020000,
    join: undefined,
    cgroup: '/cg/tcompose/abcdef/shop/0123456789ab',
    stateDir: `/run/projects/shop/containers/${CONTAINER_ID}`,
    logPath: `/data/projects/shop/containers/${CONTAINER_ID}/log`,
  })
})

test('compileRuntimeSpec() enters v1 groups before it makes the cgroup namespace', () => {
  const request = compile(
    {},
    {
      cgroup: { version: 1, folders: ['/cg/memory/g', '/cg/pids/g'] },
      host: {
        ...aContainerInput().host,
        cgroups: {
          kind: 'v1',
          hierarchies: [
            { mountPoint: '/cg/memory', controllers: ['memory'] },
            { mountPoint: '/cg/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
            { mountPoint: '/cg/freezer', controllers: ['freezer'] },
            { mountPoint: '/cg/pids', controllers: ['pids'] },
          ],
        },
      },
    },
  )
  expect(request.cgroup).toBeUndefined()
  expect(ops(request, 'enter-cgroup').map(({ file }) => file)).toEqual([
    '/cg/memory/g/tasks',
    '/cg/pids/g/tasks',
  ])
  expect(names(request).indexOf('unshare')).toBeGreaterThan(names(request).lastIndexOf('enter-cgroup'))
  expect(
    ops(request, 'mount')
      .filter(({ type }) => type === 'cgroup')
      .map(({ data }) => data),
  ).toEqual(['memory', 'cpu,cpuacct', 'pids'])
})

test('compileRuntimeSpec() opens sources on the host, then pivots, then places them by depth', () => {
  const request = compile(
    {},
    { mounts: [aBind('/a/b/c'), aBind('/a', { label: 'volume "data"', readOnly: true })] },
  )
  const opened = ops(request, 'open-tree')
  const moved = ops(request, 'place-tree')
  expect(opened.map(({ source }) => source)).toContain('/src/a/b/c')
  expect(opened.find(({ source }) => source === '/src/a')?.attributes).toBe(1)
  expect(moved.map(({ target }) => target)).toEqual([
    '/a',
    '/etc/hostname',
    '/etc/hosts',
    '/etc/resolv.conf',
    '/a/b/c',
  ])
  expect(moved.map(({ slot }) => slot)).toEqual(opened.map(({ slot }) => slot))
  const order = names(request)
  expect(order.lastIndexOf('open-tree')).toBeLessThan(order.indexOf('pivot-root'))
  expect(order.indexOf('pivot-root')).toBeLessThan(order.indexOf('place-tree'))
  expect(request.program.find(({ op }) => op.op === 'place-tree')?.purpose).toBe('mount volume "data" at /a')
})

test('compileRuntimeSpec() opens sources while the mounts still are peers of those of the host', () => {
  const order = names(compile())
  expect(order.lastIndexOf('open-tree')).toBeLessThan(order.indexOf('mount'))
})

test('compileRuntimeSpec() leaves to the service what it mounts itself', () => {
  const request = compile({}, { mounts: [aBind('/etc/hosts', { isFile: true }), aBind('/dev/shm')] })
  expect(ops(request, 'open-tree').filter(({ source }) => source.endsWith('/hosts'))).toHaveLength(1)
  expect(mountedAt(request).filter(target => target === '/dev/shm')).toHaveLength(1)
})

test('compileRuntimeSpec() gives /dev/shm the size of shm_size, 64 MiB by default', () => {
  const shm = ops(compile(), 'mount').find(({ target }) => target === '/dev/shm')
  expect(shm?.data).toBe('mode=1777,size=67108864')
})

test('compileRuntimeSpec() masks paths after sysctls are set and mounts are placed', () => {
  const order = names(compile())
  expect(order.indexOf('mask-path')).toBeGreaterThan(order.lastIndexOf('move-tree'))
  expect(order.indexOf('read-only-path')).toBeGreaterThan(order.lastIndexOf('write-file'))
})

test('compileRuntimeSpec() seals the root after the working folder is made', () => {
  const request = compile({ readOnly: true, workingDir: 'srv/x' })
  const order = names(request)
  expect(order.indexOf('set-mount-attributes')).toBeGreaterThan(order.lastIndexOf('make-target'))
  expect(ops(request, 'chdir').map(({ path }) => path)).toEqual(['/srv/x'])
  expect(ops(request, 'open-tree').map(({ attributes }) => attributes)).toEqual([1, 1, 1])
})

test('compileRuntimeSpec() filters calls while it still has CAP_SYS_ADMIN', () => {
  expect(names(compile()).slice(-9)).toEqual([
    'umask',
    'limit-bounding-set',
    'seccomp',
    'set-groups',
    'set-gid',
    'set-uid',
    'set-capabilities',
    'parent-death-signal',
    'exec',
  ])
})

test('compileRuntimeSpec() filters calls last under no-new-privileges', () => {
  const request = compile({ init: true, security: { ...security, noNewPrivileges: true } })
  expect(names(request).slice(-6)).toEqual([
    'set-capabilities',
    'no-new-privileges',
    'seccomp',
    'parent-death-signal',
    'run-init',
    'exec',
  ])
})

test('compileRuntimeSpec() gives root the default capabilities and others none but a bounding set', () => {
  const root = compile()
  expect(ops(root, 'set-capabilities')).toEqual([
    { op: 'set-capabilities', effective: 0xa80425fbn, permitted: 0xa80425fbn, inheritable: 0n, ambient: 0n },
  ])
  const user = compile({}, { user: { uid: 7, gid: 8, groups: [8, 9], home: '/' } })
  expect(ops(user, 'set-capabilities')[0]?.permitted).toBe(0n)
  expect(ops(user, 'limit-bounding-set')).toEqual([{ op: 'limit-bounding-set', keep: 0xa80425fbn }])
  expect(ops(user, 'set-groups')).toEqual([{ op: 'set-groups', gids: [8, 9] }])
  expect(ops(user, 'chown').map(({ path, uid, gid }) => [path, uid, gid])).toEqual([
    ['/proc/self/fd/1', 7, 8],
    ['/proc/self/fd/2', 7, 8],
  ])
})

test('compileRuntimeSpec() gives a privileged container everything of the host', () => {
  const devices = [
    { path: '/dev/kvm', kind: 'character', major: 10, minor: 232, mode: 0o660, uid: 0, gid: 104 },
    { path: '/dev/net/tun', kind: 'character', major: 10, minor: 200, mode: 0o666, uid: 0, gid: 0 },
    { path: '/dev/null', kind: 'character', major: 1, minor: 3, mode: 0o600, uid: 0, gid: 0 },
    { path: '/dev/pts/4', kind: 'character', major: 136, minor: 4, mode: 0o600, uid: 0, gid: 0 },
  ] as const
  const request = compile(
    { security: { ...security, privileged: true } },
    { host: { ...aContainerInput().host, devices }, seccomp: undefined },
  )
  expect(names(request)).not.toContain('seccomp')
  expect(names(request)).not.toContain('mask-path')
  expect(ops(request, 'mount').find(({ type }) => type === 'sysfs')?.flags).toBe(14)
  expect(
    ops(request, 'mknod')
      .slice(6)
      .map(({ path }) => path),
  ).toEqual(['/dev/kvm', '/dev/net/tun'])
  expect(ops(request, 'make-target').map(({ target }) => target)).toContain('/dev/net')
  expect(ops(request, 'limit-bounding-set')[0]?.keep).toBe((1n << 41n) - 1n)
})

test('compileRuntimeSpec() shows a v2 container its own cgroup, read-only', () => {
  const mount = ops(compile(), 'mount').find(({ type }) => type === 'cgroup2')
  expect(mount).toMatchObject({ target: '/sys/fs/cgroup', flags: 15 })
})

test('compileRuntimeSpec() opens a terminal and binds it to /dev/console', () => {
  const request = compile({ tty: true, stdinOpen: true })
  expect(request.stdinOpen).toBe(false)
  expect(mountedAt(request).at(-1)).toBe('/dev/console')
  expect(ops(request, 'exec')[0]?.environment).toContain('TERM=xterm')
})

test('compileRuntimeSpec() stays in the network of the host where it has none of its own', () => {
  const request = compile({ networkMode: { kind: 'host' } }, { netns: undefined })
  expect(names(request)).not.toContain('join-namespace')
})

test('compileRuntimeSpec() gives the process the names that it is told, not those of the file', () => {
  const names = { hostname: 'broker', domainname: 'example.test' }
  const request = compile({ hostname: 'own', domainname: 'own.test' }, { names })
  expect(ops(request, 'set-hostname')).toEqual([{ op: 'set-hostname', name: 'broker' }])
  expect(ops(request, 'set-domainname')).toEqual([{ op: 'set-domainname', name: 'example.test' }])
  expect(ops(request, 'exec')[0]?.environment).toContain('HOSTNAME=broker')
})

test('compileRuntimeSpec() sets no parameter of a network that another service owns', () => {
  const networkMode = { kind: 'service', service: 'db' } as const
  const written = ops(compile({ networkMode }), 'write-file')
  expect(written.filter(({ path }) => path.startsWith('/proc/sys/net/'))).toEqual([])
})

test('compileRuntimeSpec() resets the protection from the OOM killer that the keeper has', () => {
  const [write] = ops(compile(), 'write-file')
  expect(write).toMatchObject({ path: '/proc/self/oom_score_adj', content: new TextEncoder().encode('0') })
})

test('compileRuntimeSpec() throws for more mounts than the keeper holds', () => {
  const mounts = Array.from({ length: 260 }, (_, index) => aBind(`/m${index}`))
  expect(() => compile({}, { mounts })).toThrow(/it has 263 mounts, expected 252/)
})

/** What no Compose file is behind, such as a step of a build. */
const bare: ContainerLaunch = {
  spec: {
    ociVersion: '1.2.0',
    process: { user: { uid: 0, gid: 0 }, args: ['/bin/make'], cwd: '/' },
    root: { path: '/mnt' },
    mounts: [{ destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid'] }],
    linux: { namespaces: [{ type: 'mount' }, { type: 'pid' }, { type: 'network' }] },
  },
  extras: {
    id: 'step-1',
    subject: 'step 1',
    cgroup: { version: 2, folders: ['/cg/step'] },
    cgroups: { kind: 'v2', mountPoint: '/cg' },
    seccomp: undefined,
    origins: new Map(),
    root: { image: 'base', layers: ['/low'], writable: { upper: '/up', work: '/work' }, layersDir: '/l' },
    mounts: new Map(),
    stdinOpen: false,
    init: false,
    stateDir: '/state',
    logPath: '/log',
  },
}

test('compileRuntimeSpec() makes a program of a spec that no service is behind', () => {
  const request = compileRuntimeSpec(deepFreeze(bare))
  expect(request).toMatchObject({ id: 'step-1', cloneFlags: 0x60020000, stateDir: '/state', logPath: '/log' })
  expect(names(request)).toEqual([
    'new-session',
    'write-file',
    'mount',
    'mount',
    'pivot-root',
    'make-target',
    'open-tree-beneath',
    'mount',
    'make-target',
    'chdir',
    'umask',
    'limit-bounding-set',
    'set-groups',
    'set-gid',
    'set-uid',
    'set-capabilities',
    'parent-death-signal',
    'exec',
  ])
  expect(ops(request, 'set-capabilities')[0]?.effective).toBe(0n)
})

test('compileRuntimeSpec() joins namespaces that exist', () => {
  const namespaces = [
    { type: 'mount' },
    { type: 'ipc', path: '/proc/9/ns/ipc' },
    { type: 'network', path: '/netns/a' },
  ] as const
  const request = compileRuntimeSpec({ ...bare, spec: { ...bare.spec, linux: { namespaces } } })
  expect(request.cloneFlags).toBe(0x20000)
  expect(ops(request, 'join-namespace')).toEqual([
    { op: 'join-namespace', path: '/proc/9/ns/ipc', namespace: 0x08000000 },
    { op: 'join-namespace', path: '/netns/a', namespace: 0x40000000 },
  ])
})
