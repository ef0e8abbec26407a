import { expect, test } from 'vitest'
import { type ExecInput, toProcessLaunch } from '../../../src/engine/local/container/to-process-launch.ts'
import { compileProcess } from '../../../src/runtime/launch/compile-process.ts'
import type { LaunchRequest } from '../../../src/runtime/launch/launch-op.ts'
import { aContainerInput, aContainerSpec, CONTAINER_ID } from '../../support/container-input.ts'
import { aService } from '../../support/model-builders.ts'

const { image, cgroup, user, seccomp, host } = aContainerInput()
const input: ExecInput = {
  id: 'exec-1',
  container: CONTAINER_ID,
  spec: aContainerSpec({ environment: new Map([['A', '1']]), workingDir: '/srv' }),
  image,
  cgroup,
  user,
  argv: ['true'],
  environment: ['A=2'],
  deviceEnvironment: ['A=3', 'DEVICE=x'],
  workingDir: undefined,
  privileged: false,
  terminal: undefined,
  ownStreams: [],
  killOnHangup: true,
  seccomp,
  hostname: 'broker',
  host,
}
const compile = (input: ExecInput): LaunchRequest => compileProcess(toProcessLaunch(input))
const names = (changes: Partial<ExecInput> = {}): readonly string[] =>
  compile({ ...input, ...changes }).program.map(({ op }) => op.op)

test('compileProcess() is born in the PID namespace and cgroup of the container', () => {
  const { program: _, ...request } = compile(input)
  expect(request).toEqual({
    id: 'exec-1',
    kind: 'auxiliary',
    killOnHangup: true,
    stdinOpen: false,
    cloneFlags: 0,
    join: CONTAINER_ID,
    cgroup: '/cg/tcompose/abcdef/shop/0123456789ab',
    stateDir: undefined,
    logPath: undefined,
  })
})

test('compileProcess() joins, confines and runs', () => {
  expect(names()).toEqual([
    'write-file',
    'join-target',
    'chdir',
    'umask',
    'limit-bounding-set',
    'seccomp',
    'set-groups',
    'set-gid',
    'set-uid',
    'set-capabilities',
    'new-session',
    'parent-death-signal',
    'exec',
  ])
})

test('compileProcess() leaves a process its HOME where it is asked to be empty', () => {
  const exec = compile({ ...input, environment: ['HOME='] })
    .program.map(({ op }) => op)
    .at(-1)
  expect(exec).toMatchObject({ op: 'exec', environment: expect.arrayContaining(['HOME=/root']) })
})

test('compileProcess() enters a v1 cgroup before it leaves the mounts of the host', () => {
  expect(names({ cgroup: { version: 1, folders: ['/cg/memory/g'] } }).slice(0, 3)).toEqual([
    'enter-cgroup',
    'write-file',
    'join-target',
  ])
})

test('compileProcess() gives the pipes made for the process to its user, before /proc is that of the container', () => {
  const changes = { user: { ...user, uid: 7, gid: 8 }, ownStreams: [1, 2] }
  const program = compile({ ...input, ...changes }).program.map(({ op }) => op)
  expect(program.slice(0, 4)).toMatchObject([
    { op: 'chown', path: '/proc/self/fd/1', uid: 7, gid: 8 },
    { op: 'chown', path: '/proc/self/fd/2', uid: 7, gid: 8 },
    { op: 'write-file' },
    { op: 'join-target' },
  ])
})

test('compileProcess() opens a terminal where it is asked for, as the user that the process runs as', () => {
  expect(names({ terminal: { rows: 24, columns: 80 } }).slice(-5)).toEqual([
    'set-capabilities',
    'new-session',
    'open-terminal',
    'parent-death-signal',
    'exec',
  ])
})

test('compileProcess() runs in the folder and environment of the container, with changes over it', () => {
  const program = compile(input).program.map(({ op }) => op)
  expect(program).toContainEqual({ op: 'chdir', path: '/srv' })
  expect(program.at(-1)).toMatchObject({
    op: 'exec',
    argv: ['true'],
    environment: expect.arrayContaining(['A=2', 'DEVICE=x', 'HOSTNAME=broker']),
  })
})

test('compileProcess() keeps the filter of the container with --privileged', () => {
  expect(names({ privileged: true })).toContain('seccomp')
  expect(names({ privileged: true, seccomp: undefined })).not.toContain('seccomp')
})

test('compileProcess() runs under the AppArmor profile of the container', () => {
  const spec = aContainerSpec({ security: { ...aService('x').security, apparmor: 'web' } })
  const path = '/proc/self/attr/apparmor/exec'
  const program = compile({ ...input, spec }).program.map(({ op }) => op)
  const written = program.findIndex(op => op.op === 'write-file' && op.path === path)
  expect(program[written]).toMatchObject({ content: new TextEncoder().encode('exec web') })
  expect(written).toBeLessThan(program.findIndex(({ op }) => op === 'join-target'))
})

test('compileProcess() gives a privileged process every capability of the host, to root alone', () => {
  const capabilitiesOf = (changes: Partial<ExecInput>) =>
    compile({ ...input, ...changes }).program.flatMap(({ op }) =>
      op.op === 'set-capabilities' ? [op.effective] : op.op === 'limit-bounding-set' ? [op.keep] : [],
    )
  const all = input.host.capabilities
  expect(capabilitiesOf({ privileged: true })).toEqual([all, all])
  expect(capabilitiesOf({ privileged: true, user: { ...user, uid: 5 } })).toEqual([all, 0n])
  expect(capabilitiesOf({})).not.toContain(all)
})
