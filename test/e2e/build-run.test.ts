import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OutputStream } from '../../src/engine/local/attach/run-on-lines.ts'
import { BuildSession, filesIn, readIn, SPAN } from '../support/build-session.ts'
import { processesWith } from '../support/processes-with.ts'

let build: BuildSession
beforeAll(async () => {
  const opened = await BuildSession.open()
  if (typeof opened === 'string') throw new Error(opened)
  build = opened
})
afterAll(() => build[Symbol.asyncDispose]())

test('run() leaves an empty layer of a command that changes nothing', async () => {
  expect(await build.run({ script: 'true' })).toMatchObject({
    exitCode: 0,
    stdout: [],
    stderr: [],
    files: [],
  })
})

test('run() returns the exit code and the lines of a command that fails', async () => {
  const script = 'echo to be seen; echo wrong >&2; printf "no end"; exit 42'
  expect(await build.run({ script })).toMatchObject({
    exitCode: 42,
    stdout: ['to be seen', 'no end'],
    stderr: ['wrong'],
  })
})

test('run() passes the files of one command on to the next', async () => {
  const { folder, files } = await build.run({ script: 'echo one > /srv/a; mkdir /srv/d; rm /etc/passwd' })
  expect(files).toEqual(['etc/', 'etc/passwd', 'srv/', 'srv/a', 'srv/d/'])
  const next = await build.run({ script: 'cat /srv/a; ls /etc/passwd; mv /srv/d /srv/e' }, [folder])
  expect(next).toMatchObject({ exitCode: 0, stdout: ['one'], files: ['srv/', 'srv/d', 'srv/e/'] })
})

test('run() keeps what is written to /etc/hostname, and nothing of hosts and resolv.conf', async () => {
  const script = 'echo h > /etc/hostname; echo x >> /etc/hosts; echo x > /etc/resolv.conf; ls /etc'
  const { files, stdout, stderr } = await build.run({ script })
  expect(files).toEqual(['etc/', 'etc/hostname'])
  expect(stdout).toEqual(expect.arrayContaining(['hostname', 'hosts', 'resolv.conf']))
  expect(stderr.join()).toMatch(/hosts: Read-only file system.*resolv.conf: Read-only file system/)
})

test('run() on nothing keeps the folders of the kernel', async () => {
  const busybox = build.layer({})
  copyFileSync('/bin/busybox', join(busybox, 'busybox'))
  const { files } = await build.run({
    layers: [busybox],
    operation: { argv: ['/busybox', 'mkdir', '/made'] },
  })
  expect(files).toEqual(['dev/', 'made/', 'proc/', 'sys/'])
})

test('run() makes the working folder and leaves it', async () => {
  const { files, stdout } = await build.run({ script: 'pwd', operation: { workingDir: '/made/here' } })
  expect(stdout).toEqual(['/made/here'])
  expect(files).toEqual(['made/', 'made/here/'])
})

test('run() runs as a user of the layers, with its groups and its home', async () => {
  const accounts = build.layer({
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\nsvc:x:1234:2345::/home/svc:/bin/sh\n',
    'etc/group': 'svc:x:2345:\nextra:x:3000:svc\n',
  })
  const script = 'id -u; id -G; echo $HOME; echo to the stream > /dev/stderr'
  const named = await build.run({ script, operation: { user: 'svc' } }, [accounts])
  expect(named).toMatchObject({ stdout: ['1234', '2345 3000', '/home/svc'], stderr: ['to the stream'] })
  const numbered = await build.run({ script: 'id -u; id -g', operation: { user: '77:88' } }, [accounts])
  expect(numbered.stdout).toEqual(['77', '88'])
  await expect(build.run({ operation: { user: 'nobdy' } }, [accounts])).rejects.toMatchObject({
    code: 'user-not-found',
    message: expect.stringContaining('"nobdy"'),
    span: { line: 3 },
  })
})

test('run() reports a program that is not there at the line of its step', async () => {
  await expect(build.run({ operation: { argv: ['nosuch', 'arg'] } })).rejects.toMatchObject({
    code: 'build-step',
    message: expect.stringMatching(/^Cannot run "nosuch" in step "RUN true": it is not in \/usr\/sbin/),
    span: { line: 3 },
  })
})

test('run() returns 128 and the signal of a command that is killed', async () => {
  expect((await build.run({ script: 'kill -9 $$; sleep 60 & kill -9 $!; wait $!' })).exitCode).toBe(137)
})

const NOWHERE = { kind: 'scratch' } as const

test('run() mounts files of other layers, read-only unless it may write for itself', async () => {
  const lower = build.layer({ 'd/a': 'low\n', 'd/b': 'low\n' })
  const upper = build.layer({ 'd/a': 'high\n' })
  const sources = [
    { layers: [lower, upper] },
    { layers: [lower, upper] },
    { layers: [lower] },
    { layers: [lower] },
  ]
  const mounts = ['/both', '/own', '/file', '/ownfile'].map((target, index) => ({
    kind: 'bind' as const,
    span: SPAN,
    from: NOWHERE,
    source: index < 2 ? '/d' : 'd/a',
    target,
    isWritable: index % 2 === 1,
  }))
  const script = `cat /both/a /both/b /file; touch /both/c /file; echo mine | tee /own/a /own/c /ownfile
    cat /own/a /own/c /ownfile; ls /own`
  const { stdout, stderr, files } = await build.run({ script, mounts, sources })
  expect(stdout).toEqual(['high', 'low', 'low', 'mine', 'mine', 'mine', 'mine', 'a', 'b', 'c'])
  expect(stderr).toEqual(['touch: /both/c: Read-only file system', 'touch: /file: Read-only file system'])
  expect(files).toEqual([])
  expect([readIn(lower, 'd/a'), readIn(upper, 'd/a'), filesIn(upper)]).toEqual([
    'low\n',
    'high\n',
    ['d/', 'd/a'],
  ])
})

test('run() reports a mounted file that is not there at the line of the mount', async () => {
  const mount = { kind: 'bind', span: SPAN, from: { kind: 'context', name: '' } } as const
  await expect(
    build.run({
      mounts: [{ ...mount, source: '/gone', target: '/x', isWritable: false }],
      sources: [{ layers: [build.layer({})] }],
    }),
  ).rejects.toMatchObject({
    code: 'build-source',
    message: 'Cannot mount "/gone" of the build context at /x: it does not exist',
    span: SPAN,
  })
})

test('run() leaves nothing of the places that it mounts at, unless the command uses their folders', async () => {
  const tmpfs = { kind: 'tmpfs', span: SPAN, sizeBytes: 1 << 20 } as const
  const mounts = ['/new/a/b', '/srv/x', '/etc/deep/y', '/tmp/z'].map(target => ({ ...tmpfs, target }))
  const script = 'df -k /new/a/b | tail -n 1; echo > /srv/x/f; echo > /etc/deep/other; echo > /tmp/z/f'
  const { files, stdout } = await build.run({ script, mounts })
  expect(files).toEqual(['etc/', 'etc/deep/', 'etc/deep/other'])
  expect(stdout[0]).toMatch(/^tmpfs +1024 /)
})

test('run() follows no link that a command puts in the place of a mount', async () => {
  const outside = build.layer({ 'y/': '' })
  const mounts = [{ kind: 'tmpfs', span: SPAN, target: '/srv/x/y', sizeBytes: undefined } as const]
  const script = `mv /srv/x /srv/was && ln -s ${outside} /srv/x`
  expect((await build.run({ script, mounts })).files).toEqual(['srv/', 'srv/was/', 'srv/was/y/', 'srv/x'])
  expect(filesIn(outside)).toEqual(['y/'])
})

test('run() gives secrets as files and variables, which no layer has', async () => {
  const secret = { kind: 'secret', span: SPAN, uid: undefined, gid: undefined, mode: undefined } as const
  const mounts = [
    { ...secret, id: 'a', target: '/run/secrets/a', variable: undefined, isRequired: true },
    { ...secret, id: 'a', target: '/own/b', variable: 'B', isRequired: true, uid: 7, gid: 8, mode: 0o440 },
    { ...secret, id: 'gone', target: '/run/secrets/gone', variable: 'GONE', isRequired: false },
  ]
  const secrets = new Map([['a', { content: Buffer.from('hush\n'), mode: 0o600 }]])
  const script = `stat -c '%u:%g %a' /run/secrets/a /own/b; cat /run/secrets/a /own/b; echo "$B-\${GONE-unset}-"
    ls /run/secrets; echo x > /own/b`
  const { stdout, files, stderr } = await build.run({ script, mounts, secrets })
  expect(stdout).toEqual(['0:0 600', '7:8 440', 'hush', 'hush', 'hush', '--', 'a'])
  expect(stderr.join()).toContain('/own/b: Read-only file system')
  expect(files).toEqual([])
  await expect(
    build.run({ mounts: [{ ...secret, id: 'no', target: '/x', variable: undefined, isRequired: true }] }),
  ).rejects.toMatchObject({
    code: 'build-secret',
    message: 'Cannot mount secret "no": it is not given',
    span: SPAN,
  })
})

test('run() runs the program of a here-document', async () => {
  const files = [{ path: '/dev/pipes/EOF', content: '#!/bin/sh\necho here $0\n', mode: 0o755 }]
  const ran = await build.run({ operation: { argv: ['/dev/pipes/EOF'], files } })
  expect(ran).toMatchObject({ exitCode: 0, stdout: ['here /dev/pipes/EOF'], files: [] })
})

const CACHE = {
  kind: 'cache',
  span: SPAN,
  id: '/c',
  target: '/c',
  from: undefined,
  source: '/',
  sharing: 'shared',
  isReadOnly: false,
  uid: 0,
  gid: 0,
  mode: 0o755,
} as const

test('run() keeps a cache from command to command, in no layer, and one for each owner and mode', async () => {
  const first = await build.run({ script: 'ls /c; echo kept > /c/f', mounts: [CACHE] })
  expect(first).toMatchObject({ stdout: [], files: [] })
  const readOnly = { ...CACHE, target: '/opt/z', isReadOnly: true }
  const second = await build.run({ script: 'cat /opt/z/f; touch /opt/z/g', mounts: [readOnly] })
  expect(second).toMatchObject({ exitCode: 1, stdout: ['kept'], files: [] })
  const owned = { ...CACHE, uid: 1000, gid: 50, mode: 0o770 }
  const third = await build.run({ script: "ls /c; stat -c '%u:%g %a' /c", mounts: [owned] })
  expect(third).toMatchObject({ stdout: ['1000:50 770'], files: [] })
})

test('run() fills a new cache from other layers, once', async () => {
  const seed = build.layer({ 'd/seed': 'first\n', 'd/sub/x': '' })
  const mounts = [{ ...CACHE, id: 'seeded', from: NOWHERE, source: '/d' }]
  const sources = [{ layers: [seed] }]
  const script = 'cat /c/seed; ls /c; echo changed > /c/seed'
  expect((await build.run({ script, mounts, sources })).stdout).toEqual(['first', 'seed', 'sub'])
  expect((await build.run({ script, mounts, sources })).stdout).toEqual(['changed', 'seed', 'sub'])
  expect(readIn(seed, 'd/seed')).toBe('first\n')
})

test('run() lets one command at a time into a locked cache, and each into a private one of its own', async () => {
  const use = (sharing: 'locked' | 'private', script: string) =>
    build.run({ script, mounts: [{ ...CACHE, id: sharing, sharing }] })
  const locked = 'mkdir /c/alone && sleep 0.1 && rmdir /c/alone'
  const both = await Promise.all([use('locked', locked), use('locked', locked)])
  expect(both.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  const apart = 'echo x >> /c/f; sleep 0.3; wc -l < /c/f'
  const own = await Promise.all([use('private', apart), use('private', apart)])
  expect(own.map(({ stdout }) => stdout)).toEqual([['1'], ['1']])
})

test('run() gives up waiting for a locked cache when it is aborted', async () => {
  const mounts = [{ ...CACHE, id: 'held', sharing: 'locked' } as const]
  const holder = new AbortController()
  const holds = Promise.withResolvers<void>()
  const holding = build.run({
    script: 'echo held; exec sleep 60',
    mounts,
    signal: holder.signal,
    onLine: () => holds.resolve(),
  })
  await holds.promise
  const waiter = new AbortController()
  const waiting = build.run({ mounts, signal: waiter.signal })
  waiter.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  holder.abort()
  await expect(holding).rejects.toMatchObject({ name: 'AbortError' })
})

test('run() kills a command and all its processes when it is aborted', async () => {
  const abort = new AbortController()
  const script = 'trap "" TERM INT; (trap "" TERM INT; sleep 987654) & echo begun; wait'
  const running = build.run({ script, signal: abort.signal, onLine: () => abort.abort() })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect(processesWith('987654')).toEqual([])
})

test('run() runs commands side by side, each with its own lines', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `step ${index}`)
  const runs = names.map(name =>
    build.run({ script: `for i in 1 2 3; do echo ${name} $i; done; echo > "/srv/${name}"` }),
  )
  for (const [index, { stdout, files }] of (await Promise.all(runs)).entries()) {
    expect(stdout).toEqual([1, 2, 3].map(number => `${names[index]} ${number}`))
    expect(files).toEqual(['srv/', `srv/${names[index]}`])
  }
})

test('run() passes on much output, lines that are long and bytes that are no text', async () => {
  const script = `head -c 1000000 /dev/zero | tr '\\0' x; echo; printf 'a\\377b\\r\\n'; yes | head -n 200000`
  const { stdout } = await build.run({ script })
  expect(stdout.slice(0, 62).map(line => line.length)).toEqual([...Array(61).fill(16384), 576])
  expect(stdout[62]).toBe('a\ufffdb')
  expect(stdout.length).toBe(200_063)
})

test('run() reads no more of a command than its listener takes, and ends it when the listener fails', async () => {
  let lines = 0
  const onLine = async (stream: OutputStream): Promise<void> => {
    if (stream === 'stderr') return
    lines += 1
    if (lines === 5) throw new Error('no more')
  }
  await expect(build.run({ script: "trap '' PIPE; yes; exec sleep 60", onLine })).rejects.toThrow('no more')
  expect(lines).toBe(5)
})

test('run() lets a command use the keys of an agent, by a socket of its own', async () => {
  const folder = build.layer({})
  const server = createServer(socket => socket.end('agent speaks\n'))
  const path = join(folder, 'agent')
  await new Promise<void>(resolve => server.listen(path, resolve))
  const mount = { kind: 'ssh', span: SPAN, id: 'default', target: '/run/agent.0', isRequired: true } as const
  const mounts = [{ ...mount, uid: 1000, gid: 50, mode: 0o600 }]
  const agents = new Map([['default', { kind: 'socket', path } as const]])
  const script = "stat -c '%u:%g %a %F' /run/agent.0"
  try {
    const { stdout, files } = await build.run({ script, mounts, agents })
    expect(stdout).toEqual(['1000:50 600 socket'])
    expect(files).toEqual([])
  } finally {
    server.close()
  }
  await expect(build.run({ mounts })).rejects.toMatchObject({
    code: 'build-secret',
    message: 'Cannot mount SSH agent "default": it is not given',
  })
})

test('run() starts an agent for keys of files, and says what is wrong with a key', async ({ skip }) => {
  if (!existsSync('/usr/bin/ssh-agent') || !existsSync('/usr/bin/ssh-keygen')) return skip('no OpenSSH')
  const folder = build.layer({})
  const key = join(folder, 'key')
  execFileSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'of the test', '-f', key])
  const mount = { kind: 'ssh', span: SPAN, id: 'default', target: '/run/agent', isRequired: true } as const
  const request = { mounts: [{ ...mount, uid: 0, gid: 0, mode: 0o600 }], script: 'echo begun; exec sleep 60' }
  const abort = new AbortController()
  const known: string[] = []
  const running = build.run({
    ...request,
    agents: new Map([['default', { kind: 'keys', paths: [key] }]]),
    signal: abort.signal,
    onLine: async () => {
      for (const socket of socketsOf(build)) known.push(await keysOf(socket))
      abort.abort()
    },
  })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  expect(known.length).toBeGreaterThan(0)
  for (const keys of known) expect(keys).toContain('of the test')
  writeFileSync(join(folder, 'none'), 'no key\n', { mode: 0o600 })
  const agents = new Map([['default', { kind: 'keys', paths: [join(folder, 'none')] } as const]])
  await expect(build.run({ ...request, agents })).rejects.toMatchObject({
    code: 'build-secret',
    message: expect.stringContaining(`Cannot use SSH keys ${folder}/none: `),
  })
})

function socketsOf({ roots, name }: BuildSession): readonly string[] {
  const folder = join(roots.run, 'builds', name)
  return readdirSync(folder)
    .filter(file => file.startsWith('agent'))
    .map(file => join(folder, file))
}

async function keysOf(socket: string): Promise<string> {
  const { stdout } = await promisify(execFile)('/usr/bin/ssh-add', ['-l'], { env: { SSH_AUTH_SOCK: socket } })
  return stdout
}

test('run() runs on 200 layers', async () => {
  const layers = Array.from({ length: 200 }, (_, index) =>
    build.layer({ [`srv/${index}`]: '', 'srv/top': `${index}` }),
  )
  const { stdout, files } = await build.run({ script: 'ls /srv | wc -l; cat /srv/top; rm /srv/7' }, layers)
  expect(stdout).toEqual(['201', '199'])
  expect(files).toEqual(['srv/', 'srv/7'])
})
