import { expect, test } from 'vitest'
import type { RunMount, RunOperation } from '../../../src/planner/build/build-graph.ts'
import {
  graphOf,
  historyOf,
  mistakesIn,
  operationsOf,
  PATH,
  planOf,
  type RequestChanges,
} from './plan-dockerfile.ts'

/** The last RUN of `text`. */
function runOf(text: string, changes: RequestChanges = {}): RunOperation {
  const operation = operationsOf(text, changes).at(-1)
  if (operation?.kind !== 'run') throw new Error('It is no RUN')
  return operation
}

test('planRun() runs a shell form in the shell of the stage, an exec form as it is', () => {
  expect(runOf('FROM plain\nRUN echo "$X" &&   exit\n').argv).toEqual([
    '/bin/sh',
    '-c',
    'echo "$X" &&   exit',
  ])
  expect(runOf('FROM plain\nSHELL ["/bin/ash", "-ec"]\nRUN a\n').argv).toEqual(['/bin/ash', '-ec', 'a'])
  expect(runOf('FROM full\nRUN a\n').argv).toEqual(['/bin/bash', '-c', 'a'])
  expect(runOf('FROM full\nRUN ["a", "$X"]\n').argv).toEqual(['a', '$X'])
})

test('planRun() gives variables of the image and arguments, the later of a name, and proxies apart', () => {
  const text = 'FROM full\nARG FOO=arg A=1 NONE\nENV A=env\nARG B=$FOO\nUSER svc\nWORKDIR x\nRUN id\n'
  const changes = { args: { https_proxy: 'p', No_Proxy: 'n', FTP_PROXY: '' } }
  expect(runOf(text, changes)).toMatchObject({
    environment: [PATH, 'FOO=arg', 'KEEP=yes', 'A=env', 'B=arg'],
    uncachedEnvironment: ['HTTPS_PROXY=p', 'https_proxy=p', 'NO_PROXY=n', 'no_proxy=n'],
    user: 'svc',
    workingDir: '/srv/app/x',
    network: 'default',
    security: 'sandbox',
  })
})

test('planRun() keeps settings of the builder out of the environment', () => {
  const { environment } = runOf('FROM plain\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nRUN true\n')
  expect(environment).toEqual([PATH])
})

interface ScriptCase {
  readonly what: string
  readonly text: string
  readonly argv: readonly string[]
  readonly files?: RunOperation['files']
}

const scripts: readonly ScriptCase[] = [
  {
    what: 'a here-document alone as the script',
    text: 'RUN <<EOF\necho $X\nexit\nEOF\n',
    argv: ['/bin/sh', '-c', 'echo $X\nexit\n'],
  },
  {
    what: 'one that begins with #! as a program',
    text: 'RUN <<EOF\n#!/bin/awk -f\nBEGIN {}\nEOF\n',
    argv: ['/bin/sh', '-c', '/dev/pipes/EOF'],
    files: [{ path: '/dev/pipes/EOF', content: '#!/bin/awk -f\nBEGIN {}\n', mode: 0o755 }],
  },
  {
    what: 'one whose #! is behind a tab that goes away as the script',
    text: 'RUN <<-EOF\n\t#!/bin/awk -f\n\tx\n\tEOF\n',
    argv: ['/bin/sh', '-c', '#!/bin/awk -f\nx\n'],
  },
  {
    what: 'one without tabs whose tabs would go away as a program',
    text: 'RUN <<-EOF\n#!/bin/sh\n\tx\nEOF\n',
    argv: ['/bin/sh', '-c', '/dev/pipes/EOF'],
    files: [{ path: '/dev/pipes/EOF', content: '#!/bin/sh\nx\n', mode: 0o755 }],
  },
  {
    what: 'others with all their here-documents for the shell',
    text: 'RUN cat <<A <<-"B" > /f\n$X\nA\n\tb\n\tB\n',
    argv: ['/bin/sh', '-c', 'cat <<A <<-"B" > /f\n$X\nA\n\tb\nB'],
  },
  {
    what: 'an empty one',
    text: 'RUN <<EOF\nEOF\n',
    argv: ['/bin/sh', '-c', ''],
  },
]
for (const { what, text, argv, files = [] } of scripts) {
  test(`planRun() runs ${what}`, () => {
    expect(runOf(`FROM plain\n${text}`)).toMatchObject({ argv, files })
  })
}

test('planRun() shows a script by its first line', () => {
  const [one, two] = graphOf('FROM plain\nRUN <<EOF\n  first\nsecond\nEOF\nrun <<EOF\nonly\nEOF\n').steps
  expect([one?.text, two?.text]).toEqual(['RUN <<EOF (first...)', 'RUN <<EOF (only)'])
  expect(historyOf('FROM plain\nRUN <<EOF\na\nEOF\n')).toEqual(['+ RUN /bin/sh -c a\n # buildkit'])
})

const places = 'FROM plain AS stage\nRUN 1\nFROM plain\nWORKDIR /w\nARG T=/t S=src\n'

interface MountCase {
  readonly flag: string
  readonly mount: Partial<RunMount>
}

const mounts: readonly MountCase[] = [
  {
    flag: 'target=/t',
    mount: {
      kind: 'bind',
      from: { kind: 'context', name: '' },
      source: '/',
      target: '/t',
      isWritable: false,
    },
  },
  {
    flag: 'type=bind,source=$S/../a,target=x,rw',
    mount: { kind: 'bind', source: '/a', target: '/w/x', isWritable: true },
  },
  { flag: 'type=bind,from=stage', mount: { kind: 'bind', from: { kind: 'step', id: 1 }, target: '/w' } },
  { flag: 'from=0,target=/t', mount: { kind: 'bind', from: { kind: 'step', id: 1 }, target: '/t' } },
  { flag: 'type=bind,target=/t,readonly=false', mount: { kind: 'bind', isWritable: true } },
  {
    flag: 'type=cache,target=$T/',
    mount: {
      kind: 'cache',
      id: '/t',
      target: '/t',
      from: undefined,
      source: '/',
      sharing: 'shared',
      isReadOnly: false,
      uid: 0,
      gid: 0,
      mode: 0o755,
    },
  },
  { flag: 'type=cache,target=rel/a', mount: { kind: 'cache', id: 'rel/a', target: '/w/rel/a' } },
  {
    flag: 'type=cache,id=$S,target=/t,sharing=LOCKED,ro,uid=1,gid=2,mode=0770,from=stage,source=d',
    mount: {
      kind: 'cache',
      id: 'src',
      sharing: 'locked',
      isReadOnly: true,
      uid: 1,
      gid: 2,
      mode: 0o770,
      from: { kind: 'step', id: 1 },
      source: '/d',
    },
  },
  { flag: 'type=tmpfs,target=/t', mount: { kind: 'tmpfs', target: '/t', sizeBytes: undefined } },
  { flag: 'type=tmpfs,target=/t,size=1.5k', mount: { kind: 'tmpfs', sizeBytes: 1536 } },
  { flag: 'type=tmpfs,target=/t,size=64MB', mount: { kind: 'tmpfs', sizeBytes: 64 * 1024 ** 2 } },
  {
    flag: 'type=secret,id=a/key',
    mount: {
      kind: 'secret',
      id: 'a/key',
      target: '/run/secrets/key',
      variable: undefined,
      isRequired: false,
      uid: undefined,
      gid: undefined,
      mode: undefined,
    },
  },
  {
    flag: 'type=secret,target=/etc/key,required,mode=0444',
    mount: { kind: 'secret', id: 'key', target: '/etc/key', isRequired: true, uid: 0, gid: 0, mode: 0o444 },
  },
  {
    flag: 'type=secret,id=key,env=KEY,uid=5',
    mount: { kind: 'secret', id: 'key', target: undefined, variable: 'KEY', uid: 5, gid: 0, mode: 0o400 },
  },
  {
    flag: 'type=secret,src=key,env=KEY,target=k',
    mount: { kind: 'secret', id: 'key', target: '/w/k', variable: 'KEY' },
  },
  {
    flag: 'type=ssh',
    mount: {
      kind: 'ssh',
      id: 'default',
      target: '/run/buildkit/ssh_agent.0',
      isRequired: false,
      uid: 0,
      gid: 0,
      mode: 0o600,
    },
  },
  {
    flag: 'type=ssh,id=k,target=/s,required=true,uid=7',
    mount: { kind: 'ssh', id: 'k', target: '/s', isRequired: true, uid: 7, gid: 0, mode: 0o600 },
  },
]
for (const { flag, mount } of mounts) {
  test(`planMounts() reads --mount=${flag}`, () => {
    expect(runOf(`${places}RUN --mount=${flag} true\n`).mounts).toMatchObject([
      { ...mount, span: { line: 6 } },
    ])
  })
}

test('planMounts() copies nothing for a mount of an image, and numbers agents', () => {
  const text =
    'FROM plain\nRUN --mount=type=tmpfs,target=/a --mount=type=ssh --mount=from=full,target=/b --mount=type=ssh true\n'
  const { mounts: planned, environment } = runOf(text)
  expect(planned).toMatchObject([
    { kind: 'tmpfs' },
    { kind: 'ssh', target: '/run/buildkit/ssh_agent.0' },
    { kind: 'bind', from: { kind: 'image', image: 'docker.io/library/full:latest' } },
    { kind: 'ssh', target: '/run/buildkit/ssh_agent.1' },
  ])
  expect(environment).toEqual([PATH, 'SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0'])
})

test('planRun() leaves SSH_AUTH_SOCK of the image', () => {
  const { environment } = runOf('FROM plain\nENV SSH_AUTH_SOCK=/mine\nRUN --mount=type=ssh true\n')
  expect(environment).toEqual([PATH, 'SSH_AUTH_SOCK=/mine'])
})

test('planMounts() gives caches of builds with another namespace other ids', () => {
  const changes = { args: { BUILDKIT_CACHE_MOUNT_NS: 'team' } }
  expect(runOf('FROM plain\nRUN --mount=type=cache,target=/c true\n', changes).mounts).toMatchObject([
    { id: 'team//c' },
  ])
})

const badMounts: ReadonlyArray<readonly [flag: string, message: string]> = [
  ['target=/', 'Cannot mount at "/": a command needs the files of the stage'],
  ['target=$NO/..', 'Cannot mount at "/": a command needs the files of the stage'],
  ['type=cache,target=/x,sharing=$V', 'Cannot mount cache: its sharing "value" is no value of that option'],
  ['type=cache,target=/x,uid=$V', 'Cannot mount cache: its uid "value" is no value of that option'],
  ['type=cache,target=/x,mode=${NO}9', 'Cannot mount cache: its mode "9" is no value of that option'],
  ['type=bind,target=/x,ro=$V', 'Cannot mount bind: its readonly "value" is no value of that option'],
  ['type=tmpfs,target=/x,size=$V', 'Cannot mount tmpfs: its size "value" is no value of that option'],
  ['type=secret,id=$NO', 'Cannot mount secret: it has no id'],
]
for (const [flag, message] of badMounts) {
  test(`planMounts() refuses --mount=${flag}`, () => {
    expect(mistakesIn(`FROM plain\nARG V=value\nWORKDIR /\nRUN --mount=${flag} true\n`)).toEqual([
      `4: ${message}`,
    ])
  })
}

const networks: ReadonlyArray<readonly [flag: string, ofBuild: RequestChanges['network'], network: string]> =
  [
    ['', 'default', 'default'],
    ['', 'none', 'none'],
    ['--network=none', 'default', 'none'],
    ['--network=default', 'none', 'none'],
    ['--network=host', 'host', 'host'],
  ]
for (const [flag, network = 'default', expected] of networks) {
  test(`planRun() runs ${flag || 'nothing said'} on ${expected} in a build on ${network}`, () => {
    expect(runOf(`FROM plain\nRUN ${flag} true\n`, { network }).network).toBe(expected)
  })
}

test('planRun() takes the host and all rights only where they are allowed', () => {
  const text = 'FROM plain\nRUN --network=host \\\n  true\nRUN --security=insecure true\n'
  const planning = planOf(text)
  expect(planning.kind === 'invalid' && planning.diagnostics).toMatchObject([
    {
      code: 'build-unsupported',
      message: 'Cannot use --network=host: network.host is not allowed',
      span: { line: 2, column: 15, endColumn: 19 },
    },
    {
      code: 'build-unsupported',
      message: 'Cannot use --security=insecure: security.insecure is not allowed',
    },
  ])
  const entitlements = new Set(['network.host', 'security.insecure'])
  expect(operationsOf(text, { entitlements })).toMatchObject([{ network: 'host' }, { security: 'insecure' }])
})
