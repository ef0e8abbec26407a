import { expect, test } from 'vitest'
import { toProcessLaunch } from '../../../src/engine/local/container/to-process-launch.ts'
import { compileProcess } from '../../../src/runtime/launch/compile-process.ts'
import { compileRuntimeKill } from '../../../src/runtime/launch/compile-runtime-call.ts'
import { aContainerInput, aContainerSpec, CONTAINER_ID } from '../../support/container-input.ts'

const running = {
  runtime: { kind: 'runsc', path: '/usr/bin/runsc', args: ['--ignore-cgroups'] },
  bundle: '/run/rootfs',
} as const
const { image, cgroup, user, seccomp, host } = aContainerInput()
const exec = (terminal?: { readonly rows: number; readonly columns: number }) =>
  compileProcess(
    toProcessLaunch({
      ...{
        id: 'exec-1',
        container: CONTAINER_ID,
        spec: aContainerSpec(),
        image,
        cgroup,
        user,
        seccomp,
        host,
      },
      ...{
        argv: ['id'],
        environment: ['A=2'],
        deviceEnvironment: [],
        workingDir: undefined,
        privileged: false,
      },
      ...{ terminal, ownStreams: [1], killOnHangup: true, hostname: 'h', running },
    }),
  )

test('compileRuntimeExec() has the runtime of a container run a process in it', () => {
  const request = exec()
  expect(request).toMatchObject({ kind: 'auxiliary', join: CONTAINER_ID, killOnHangup: true, cloneFlags: 0 })
  expect(request.program.map(({ op }) => op.op)).toEqual([
    ...['join-target', 'unshare', 'mount', 'write-file', 'new-session'],
    ...['chdir', 'parent-death-signal', 'exec'],
  ])
  const written = request.program.flatMap(({ op }) => (op.op === 'write-file' ? [op] : []))[0]
  expect(JSON.parse(Buffer.from(written?.content ?? []).toString())).toMatchObject({
    args: ['id'],
    env: expect.arrayContaining(['A=2']),
    user: { uid: 0, gid: 0 },
  })
  expect(request.program.at(-1)?.op).toMatchObject({
    argv: [
      ...['/usr/bin/runsc', '--root', '/run/rootfs/state', '--ignore-cgroups'],
      ...['exec', '--process', written?.path, CONTAINER_ID],
    ],
  })
})

test('compileRuntimeExec() opens a terminal for the runtime', () => {
  const opened = exec({ rows: 10, columns: 20 }).program.flatMap(({ op }) =>
    op.op === 'open-terminal' ? [op] : [],
  )
  expect(opened).toMatchObject([{ ptmx: '/run/rootfs/pts/ptmx', rows: 10, columns: 20 }])
})

test('compileRuntimeKill() has the runtime send a signal', () => {
  const request = compileRuntimeKill({ id: 's', container: CONTAINER_ID, signal: 15 }, running)
  expect(request.cgroup).toBeUndefined()
  expect(request.program[0]?.op).toEqual({ op: 'join-target', namespaces: 0x20000 })
  expect(request.program.at(-1)?.op).toMatchObject({
    argv: [
      ...['/usr/bin/runsc', '--root', '/run/rootfs/state', '--ignore-cgroups'],
      ...['kill', CONTAINER_ID, '15'],
    ],
  })
})
