import { describe, expect, test } from 'vitest'
import { parseBytes } from '../../../../src/base/bytes.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { NO_DEVICES } from '../../../../src/engine/local/device/container-devices.ts'
import { hostMount } from '../../../../src/engine/local/mount/host-mount.ts'
import { DEFAULT_CAPABILITIES } from '../../../../src/runtime/capabilities.ts'
import { aContainerInput, aContainerLaunch, CONTAINER_ID } from '../../../support/container-input.ts'
import { aService } from '../../../support/model-builders.ts'

const { security, limits } = aService('x')
const DEFAULTS = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SYS_CHROOT',
  'CAP_MKNOD',
  'CAP_AUDIT_WRITE',
  'CAP_SETFCAP',
]

describe('toRuntimeSpec()', () => {
  test('has the process that file and image ask for', () => {
    const { spec } = aContainerLaunch({
      command: ['app', '-v'],
      environment: new Map([['A', '1']]),
      workingDir: 'srv',
      ulimits: new Map([['nofile', { soft: 10, hard: -1 }]]),
      oomScoreAdj: -5,
    })
    expect(spec.process).toEqual({
      user: { uid: 0, gid: 0, umask: 0o022, additionalGids: [] },
      args: ['app', '-v'],
      env: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'HOSTNAME=0123456789ab',
        'HOME=/root',
        'A=1',
      ],
      cwd: '/srv',
      capabilities: {
        bounding: DEFAULTS,
        effective: DEFAULTS,
        permitted: DEFAULTS,
        inheritable: [],
        ambient: [],
      },
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 10n, hard: 18_446_744_073_709_551_615n }],
      noNewPrivileges: false,
      oomScoreAdj: -5,
    })
  })

  test('gives a user other than root capabilities to bound what it runs alone', () => {
    const user = { uid: 7, gid: 8, groups: [8, 9], home: '/' }
    const { process } = aContainerLaunch({ tty: true }, { user }).spec
    expect(process.user).toEqual({ uid: 7, gid: 8, umask: 0o022, additionalGids: [8, 9] })
    expect(process.capabilities).toMatchObject({ bounding: DEFAULTS, effective: [], permitted: [] })
    expect(process).toMatchObject({ terminal: true, consoleSize: { height: 24, width: 80 } })
  })

  test('names the container, its root and what is told to others of it', () => {
    const annotations = new Map([['org.example.team', 'shop']])
    const names = { hostname: 'web', domainname: 'example.test' }
    expect(aContainerLaunch({ readOnly: true, annotations }, { names }).spec).toMatchObject({
      ociVersion: '1.2.0',
      hostname: 'web',
      domainname: 'example.test',
      root: { path: '/run/rootfs', readonly: true },
      annotations: { 'org.example.team': 'shop' },
    })
  })

  test('mounts the container’s own first, then its files and those of the service by depth', () => {
    const mount = { isFile: false, readOnly: false, recursive: true }
    const deep = hostMount({ ...mount, path: '/src', target: '/a/b/c', label: './src' })
    const shallow = hostMount({ ...mount, path: '/vol', subpath: 'x', target: '/a' })
    const { spec, extras } = aContainerLaunch({}, { mounts: [deep, shallow] })
    expect(spec.mounts.slice(-5)).toMatchObject([
      { destination: '/a', type: 'bind', source: '/vol/x', options: ['rbind', 'rw', 'rprivate'] },
      { destination: '/etc/hostname', type: 'bind', options: ['bind', 'rw', 'rprivate'] },
      { destination: '/etc/hosts', type: 'bind' },
      { destination: '/etc/resolv.conf', type: 'bind' },
      { destination: '/a/b/c', type: 'bind', source: '/src' },
    ])
    expect([...extras.mounts.keys()]).toEqual([7, 8, 9, 10, 11])
    expect(extras.mounts.get(7)?.files).toEqual({
      kind: 'host',
      isFile: false,
      beneath: { root: '/vol', path: 'x' },
    })
    expect(extras.mounts.get(11)?.label).toBe('./src')
  })

  test('limits what the container may use', () => {
    const { spec } = aContainerLaunch({
      limits: { ...limits, memory: parseBytes('64m'), cpus: 0.5, cpuShares: 512, cpuset: '0-1', pids: 20 },
    })
    expect(spec.linux.resources).toMatchObject({
      memory: { limit: 67_108_864, swap: 134_217_728 },
      cpu: { quota: 50_000, period: 100_000, shares: 512, cpus: '0-1' },
      pids: { limit: 20 },
    })
    expect(spec.linux.resources?.devices?.slice(0, 4)).toEqual([
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', access: 'm' },
      { allow: true, type: 'b', access: 'm' },
      { allow: true, type: 'c', major: 1, minor: 3, access: 'rwm' },
    ])
    expect(spec.linux.cgroupsPath).toBe('/tcompose/abcdef/shop/0123456789ab')
  })

  test('confines the container to namespaces, paths and system calls', () => {
    const { spec, extras } = aContainerLaunch({ sysctls: new Map([['net.core.somaxconn', '9']]) })
    const { linux } = spec
    expect(linux.namespaces).toEqual([
      { type: 'mount' },
      { type: 'pid' },
      { type: 'ipc' },
      { type: 'uts' },
      { type: 'cgroup' },
      { type: 'network', path: '/run/netns/web' },
    ])
    expect(linux.maskedPaths).toContain('/proc/keys')
    expect(linux.readonlyPaths).toContain('/proc/sys')
    expect(linux.sysctl).toEqual({ 'net.core.somaxconn': '9' })
    expect(linux.seccomp?.defaultAction).toBe('SCMP_ACT_ERRNO')
    expect(extras.seccomp).toHaveLength(8)
    expect(linux.devices).toEqual([])
  })

  test('lets a privileged container have what the host has', () => {
    const node = { path: '/dev/kvm', kind: 'character', major: 10, minor: 232, mode: 0o660, uid: 0, gid: 104 }
    const { host } = aContainerInput()
    const { spec, extras } = aContainerLaunch(
      { security: { ...security, privileged: true } },
      { host: { ...host, devices: [{ ...node, kind: 'character' }] }, seccomp: undefined },
    )
    expect(spec.linux).toMatchObject({
      maskedPaths: [],
      readonlyPaths: [],
      devices: [{ path: '/dev/kvm', type: 'c', major: 10, minor: 232, fileMode: 0o660, uid: 0, gid: 104 }],
      resources: { devices: [{ allow: true, access: 'rwm' }] },
    })
    expect(spec.linux.seccomp).toBeUndefined()
    expect(extras.seccomp).toBeUndefined()
    expect(spec.process.capabilities?.bounding).toHaveLength(41)
  })

  test('has the nodes of its devices and may use them, at the paths that the file gives them', () => {
    const node = { major: 10, minor: 232, mode: 0o660, uid: 0, gid: 104, kind: 'character' } as const
    const origin = servicePath('web', 'devices', 0)
    const rule = { kind: 'character', major: 10, minor: 232, access: 'rw' } as const
    const devices = { ...NO_DEVICES, nodes: [{ ...node, path: '/dev/kvm', origin }], rules: [rule] }
    const { spec, extras } = aContainerLaunch({}, { devices })
    expect(spec.linux.devices).toEqual([
      { path: '/dev/kvm', type: 'c', major: 10, minor: 232, fileMode: 0o660, uid: 0, gid: 104 },
    ])
    expect(spec.linux.resources?.devices?.at(-1)).toEqual({
      ...{ allow: true, type: 'c', major: 10, minor: 232, access: 'rw' },
    })
    expect(extras.origins.get('linux.devices./dev/kvm')).toBe(origin)
  })

  test('makes no node in a /dev that the service mounts', () => {
    const node = { major: 1, minor: 5, mode: 0o666, uid: 0, gid: 0, kind: 'character' } as const
    const origin = servicePath('web', 'devices', 0)
    const nodes = ['/dev/zero', '/opt/zero'].map(path => ({ ...node, path, origin }))
    const mount = hostMount({ path: '/dev', target: '/dev', isFile: false, readOnly: false, recursive: true })
    const { spec } = aContainerLaunch({}, { devices: { ...NO_DEVICES, nodes }, mounts: [mount] })
    expect(spec.linux.devices?.map(({ path }) => path)).toEqual(['/opt/zero'])
  })

  test('keeps beside the spec what the keeper needs and the OCI has no words for', () => {
    const { extras } = aContainerLaunch({ stdinOpen: true, init: true, hostname: 'x' })
    expect(extras).toMatchObject({
      id: CONTAINER_ID,
      subject: 'service "web"',
      stdinOpen: true,
      init: true,
      root: { image: 'rootfs:/', layers: ['/'], layersDir: '/data/layers' },
      logPath: `/data/projects/shop/containers/${CONTAINER_ID}/log`,
    })
    expect(extras.origins.get('hostname')).toBe('services.web.hostname')
  })
})

test('DEFAULT_CAPABILITIES are those that the spec names', () => {
  expect(DEFAULT_CAPABILITIES.toString(2).replaceAll('0', '')).toHaveLength(DEFAULTS.length)
})
