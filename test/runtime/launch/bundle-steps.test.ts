import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import { hostMount } from '../../../src/engine/local/mount/host-mount.ts'
import type { RuntimeSpec } from '../../../src/oci/runtime-spec.ts'
import { compileRuntimeSpec } from '../../../src/runtime/launch/compile-runtime-spec.ts'
import type { LaunchOp, LaunchOpName, LaunchRequest } from '../../../src/runtime/launch/launch-op.ts'
import type { OciRuntime } from '../../../src/runtime/launch/oci-runtime.ts'
import { aContainerInput, aContainerLaunch, CONTAINER_ID } from '../../support/container-input.ts'

const CRUN: OciRuntime = { kind: 'crun', path: '/usr/bin/crun', args: ['--cgroup-manager=disabled'] }
const BUNDLE = '/run/rootfs'

function compile(...[service, changes]: Parameters<typeof aContainerLaunch>): LaunchRequest {
  return compileRuntimeSpec(aContainerLaunch(service, { runtime: CRUN, ...changes }))
}

function ops<Name extends LaunchOpName>(
  { program }: LaunchRequest,
  name: Name,
): readonly Extract<LaunchOp, { op: Name }>[] {
  return program.map(({ op }) => op).filter((op): op is Extract<LaunchOp, { op: Name }> => op.op === name)
}

function configOf(request: LaunchRequest): RuntimeSpec {
  const written = ops(request, 'write-file').find(({ path }) => path === `${BUNDLE}/config.json`)
  return JSON.parse(Buffer.from(written?.content ?? []).toString())
}

test('bundleProgram() has the runtime run the bundle, with no namespace but that of mounts', () => {
  const request = compile()
  expect(request.cloneFlags).toBe(0x20000)
  expect(request.cgroup).toBe('/cg/tcompose/abcdef/shop/0123456789ab')
  const { runDir } = aContainerInput().layout
  expect(request.program.at(-1)?.op).toEqual({
    op: 'exec',
    candidates: ['/usr/bin/crun'],
    argv: [
      ...['/usr/bin/crun', '--root', `${BUNDLE}/state`, '--cgroup-manager=disabled'],
      ...['run', '--bundle', BUNDLE, '--pid-file', `${runDir}/init`, CONTAINER_ID],
    ],
    environment: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  })
  expect(request.program.map(({ op }) => op.op)).not.toContain('pivot-root')
})

test('bundleProgram() keeps network and control group, and leaves limits and domain name to no field', () => {
  const { linux, ...config } = configOf(compile({ domainname: 'example.org', oomScoreAdj: 5 }))
  expect(config).toMatchObject({ ociVersion: '1.0.2', root: { path: 'rootfs' }, process: { oomScoreAdj: 5 } })
  expect(config).not.toHaveProperty('domainname')
  expect(linux).not.toHaveProperty('cgroupsPath')
  expect(linux).not.toHaveProperty('resources')
  expect(linux.namespaces).toContainEqual({ type: 'network', path: '/run/netns/web' })
})

test('bundleProgram() shows the control groups of the host read-only, and one version of them', () => {
  expect(ops(compile(), 'read-only-path').map(({ path }) => path)).toEqual(['/cg'])
  const hierarchies = [
    { mountPoint: '/sys/fs/cgroup/memory', controllers: ['memory'] },
    { mountPoint: '/sys/fs/cgroup/pids', controllers: ['pids'] },
  ]
  const onV1 = compile(
    {},
    {
      cgroup: { version: 1, folders: ['/sys/fs/cgroup/memory/g', '/sys/fs/cgroup/pids/g'] },
      host: { ...aContainerInput().host, cgroups: { kind: 'v1', hierarchies } },
    },
  )
  const order = onV1.program.map(({ op }) => op.op)
  expect(ops(onV1, 'read-only-path').map(({ path }) => path)).toEqual(['/sys/fs/cgroup'])
  expect(ops(onV1, 'mask-path').map(({ path }) => path)).toEqual(['/sys/fs/cgroup/unified'])
  expect(order.lastIndexOf('enter-cgroup')).toBeLessThan(order.indexOf('read-only-path'))
})

test('bundleProgram() opens sources itself, and gives the runtime what is prepared', () => {
  const mount = hostMount({
    path: '/src',
    isFile: false,
    target: '/data',
    readOnly: true,
    recursive: true,
    origin: servicePath('web', 'volumes', 0),
  })
  const request = compile({}, { mounts: [mount] })
  const { mounts } = configOf(request)
  const bound = mounts.find(({ destination }) => destination === '/data')
  expect(bound).toMatchObject({ type: 'bind', source: expect.stringContaining(`${BUNDLE}/mounts/`) })
  expect(bound?.options).toEqual(expect.arrayContaining(['rbind', 'ro']))
  expect(ops(request, 'move-tree').map(({ target }) => target)).toContain(bound?.source)
  expect(mounts.find(({ destination }) => destination === '/dev/shm')).toMatchObject({ type: 'tmpfs' })
})

test('bundleProgram() opens a terminal outside of the container for a service that has one', () => {
  const [terminal] = ops(compile({ tty: true }), 'open-terminal')
  expect(terminal).toMatchObject({ ptmx: `${BUNDLE}/pts/ptmx`, rows: 24, columns: 80 })
  expect(ops(compile(), 'open-terminal')).toEqual([])
})
