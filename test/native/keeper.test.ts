import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { bytesOf } from '../../src/base/bytes.ts'
import { fullLogNumbers } from '../../src/engine/local/log/log-files.ts'
import { LogReader } from '../../src/engine/local/log/log-reader.ts'
import { connectUnixSocket, sendDescriptors } from '../../src/linux/unix-socket.ts'
import { connectKeeper } from '../../src/runtime/keeper/keeper-client.ts'
import type { KeeperEvent } from '../../src/runtime/keeper/keeper-connection.ts'
import { encodeLaunchRequest } from '../../src/runtime/keeper/launch-request.ts'
import { launchTerminal } from '../../src/runtime/keeper/launch-terminal.ts'
import { encodeMessage } from '../../src/runtime/keeper/message.ts'
import { startKeeper } from '../../src/runtime/keeper/start-keeper.ts'
import type { LaunchStep } from '../../src/runtime/launch/launch-op.ts'
import { eventually } from '../support/eventually.ts'
import { buildSanitizedKeeper, KeeperFixture, placeIn, SIGKILL, shell, steps } from './keeper-fixture.ts'

const AF_INET = 2
const SOCK_STREAM = 1
const LOOPBACK = Uint8Array.of(127, 0, 0, 1)
const listener = {
  netns: undefined,
  family: AF_INET,
  type: SOCK_STREAM,
  address: LOOPBACK,
  port: 0,
  backlog: 8,
  reuseAddress: false,
  ipv6Only: false,
}

beforeAll(buildSanitizedKeeper)

test('launch() writes the pid record, the log and the exit record', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const { pid, startTime } = await connection.launch(
    fixture.container('a', 'echo out; echo err >&2; printf rest; exit 3'),
  )
  const ended = await connection.wait('a')
  expect(ended.status).toBe(3 << 8)
  expect(fixture.lines('a').toSorted()).toEqual(['stderr F err', 'stdout F out', 'stdout F rest'])
  expect(fixture.read('pid')).toMatch(new RegExp(`^${pid} ${startTime} \\d{19}\\n$`))
  expect(fixture.read('exit')).toBe(`${3 << 8} ${ended.finishedAt}\n`)
})

test('launch() takes the stored bytes of a request again', async () => {
  await using fixture = await KeeperFixture.start()
  const stored = encodeLaunchRequest(fixture.container('a', 'echo $$'))
  for (const _ of [1, 2]) {
    await fixture.connection.launch(stored)
    await fixture.connection.wait('a')
  }
  expect(fixture.lines('a')).toEqual(['stdout F 1', 'stdout F 1'])
})

test('launch() names the operation that failed and leaves no process', async () => {
  await using fixture = await KeeperFixture.start()
  const program = [...steps({ op: 'umask', mask: 0 }, { op: 'chdir', path: '/missing' }), ...shell('true')]
  await expect(fixture.connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
    name: 'LaunchFailure',
    index: 1,
    errnoName: 'ENOENT',
    what: 'chdir /missing',
  })
  expect(await fixture.connection.list()).toEqual([])
  expect(existsSync(fixture.path('pid'))).toBe(false)
})

test('wait() rejects once the launch that it waits for has failed', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  // A program that opens a FIFO to write to it goes no further before somebody reads.
  const path = fixture.path('fifo')
  execFileSync('mkfifo', [path])
  const program = [
    ...steps({ op: 'write-file', path, content: Buffer.from('x'), create: false, mode: 0 }),
    ...steps({ op: 'chdir', path: '/missing' }),
    ...shell('true'),
  ]
  const answers = Promise.allSettled([
    connection.launch(fixture.container('a', '', { program })),
    connection.wait('a'),
    connection.wait('a'),
  ])
  await connection.list()
  await readFile(path)
  const gone = { status: 'rejected', reason: { call: 'wait', object: 'a', errnoName: 'ESRCH' } }
  expect(await answers).toMatchObject([
    { status: 'rejected', reason: { what: 'chdir /missing', errnoName: 'ENOENT' } },
    gone,
    gone,
  ])
})

test('launch() goes on after an optional operation whose path is missing', async () => {
  await using fixture = await KeeperFixture.start()
  const optional = steps({ op: 'mask-path', path: '/missing' }).map(step => ({ ...step, optional: true }))
  await fixture.connection.launch(fixture.container('a', '', { program: [...optional, ...shell('exit 0')] }))
  expect(await fixture.connection.wait('a')).toMatchObject({ status: 0 })
})

test('launch() refuses an id that lives and a container to join that does not', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  await expect(fixture.connection.launch(fixture.container('a', 'true'))).rejects.toMatchObject({
    errnoName: 'EEXIST',
  })
  await expect(
    fixture.connection.launch(fixture.auxiliary('e', 'true', { join: 'b' })),
  ).rejects.toMatchObject({
    errnoName: 'ESRCH',
  })
})

test('launch() gives a process nothing but its streams, in a session of its own', async () => {
  await using fixture = await KeeperFixture.start()
  const script = 'ls /proc/self/fd | wc -w; cat /proc/self/oom_score_adj; umask; ps -o sid= -p $$'
  await fixture.connection.launch(fixture.container('a', script))
  await fixture.connection.wait('a')
  // The fourth descriptor is the folder that ls reads.
  expect(fixture.lines('a').slice(0, 3)).toEqual(['stdout F 4', 'stdout F 0', 'stdout F 0022'])
})

test('launch() keeps the stdin of stdinOpen open and gives others /dev/null', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', 'read line; echo "end $?"'))
  await connection.launch(fixture.container('b', 'read line; echo "end $?"', { stdinOpen: true }))
  await connection.wait('a')
  expect(fixture.lines('a')).toEqual(['stdout F end 1'])
  expect((await connection.list()).map(({ id }) => id)).toEqual(['b'])
})

test('launch() answers many pipelined requests', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const ids = Array.from({ length: 50 }, (_, index) => `c${index}`)
  await Promise.all(
    ids.map(id => connection.launch(fixture.container(id, `echo ${id}`, { stateDir: undefined }))),
  )
  await Promise.all(ids.map(id => connection.wait(id)))
  expect(ids.map(id => fixture.lines(id))).toEqual(ids.map(id => [`stdout F ${id}`]))
})

test('launch() logs fast output whole', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'seq 1 200000'))
  await fixture.connection.wait('a')
  const lines = fixture.lines('a')
  expect(lines).toHaveLength(200_000)
  expect(lines.at(-1)).toBe('stdout F 200000')
})

test('launch() limits a log, and readers find every line once while its files become full', async () => {
  await using fixture = await KeeperFixture.start()
  const logLimits = { maxBytes: bytesOf(64 * 1024), maxFiles: 1000 }
  using reader = new LogReader(fixture.path('a.log'))
  const found: string[] = []
  const read = () => {
    for (const { text } of reader.read()) found.push(text)
  }
  await fixture.connection.launch(fixture.container('a', 'seq 1 200000', { logLimits }))
  const ended = fixture.connection.wait('a')
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  while (!isOver) {
    read()
    await setImmediate()
  }
  read()
  expect(found).toEqual(Array.from({ length: 200_000 }, (_, index) => String(index + 1)))
  expect(fullLogNumbers(fixture.path('a.log')).length).toBeGreaterThan(50)
  expect(statSync(fixture.path('a.log.1')).size).toBeLessThanOrEqual(64 * 1024)
})

test('launch() refuses a limit that no file could keep', async () => {
  await using fixture = await KeeperFixture.start()
  const logLimits = { maxBytes: bytesOf(0), maxFiles: 1 }
  await expect(
    fixture.connection.launch(fixture.container('a', 'true', { logLimits })),
  ).rejects.toMatchObject({ errnoName: 'EINVAL' })
})

test('launch() runs an auxiliary process in the namespaces of its container', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const program = [...steps({ op: 'set-hostname', name: 'inside' }), ...shell('exec sleep 1000')]
  await connection.launch(fixture.container('a', '', { program }))
  const cloneNewuts = 0x4000000
  await connection.launch(
    fixture.auxiliary('e', '', {
      join: 'a',
      program: [
        ...steps({ op: 'join-target', namespaces: cloneNewuts }),
        ...shell('uname -n; echo $$; exit 4'),
      ],
    }),
  )
  expect(await connection.wait('e')).toMatchObject({ status: 4 << 8 })
  const [hostname, pid] = fixture.lines('e')
  expect(hostname).toBe('stdout F inside')
  expect(pid).toMatch(/^stdout F [2-9]$/)
  await expect(connection.wait('e')).rejects.toMatchObject({ errnoName: 'ESRCH' })
})

test('launch() bears a container into the PID namespace that the record of another one names', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const record = join(fixture.folder, 'pid')
  await connection.launch(fixture.container('a', 'exec sleep 1000'))
  const joined = (script: string, namespace = 0x20000000) => ({
    cloneFlags: 0x20000,
    stateDir: undefined,
    program: [...steps({ op: 'join-process', record, namespace }), ...shell(script)],
  })
  await connection.launch(fixture.container('b', '', joined('echo $$; exit 3')))
  expect(await connection.wait('b')).toMatchObject({ status: 3 << 8 })
  expect(fixture.lines('b')).toEqual(['stdout F 2'])
  await connection.launch(fixture.container('c', '', joined('exec sleep 1000')))
  const ended = connection.wait('a')
  await connection.signal('a', SIGKILL)
  expect(await connection.wait('c')).toMatchObject({ status: SIGKILL })
  // Until it is reaped, a namespace that is over refuses clone(2) with ENOMEM.
  await ended
  const [pid, start] = fixture.read('pid').split(' ')
  writeFileSync(record, `${process.pid} ${Number(start) - 1} 1\n`)
  const gone = { what: `open /proc/${process.pid}`, errnoName: 'ESRCH', index: 0 }
  await expect(connection.launch(fixture.container('d', '', joined('true')))).rejects.toMatchObject(gone)
  writeFileSync(record, `${pid} ${start} 1\n`)
  await expect(connection.launch(fixture.container('d', '', joined('true')))).rejects.toMatchObject({
    errnoName: 'ESRCH',
  })
})

test('launch() clones what another container has mounted, and only from a file system that is expected', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const record = join(fixture.folder, 'pid')
  const proc = { source: 'proc', target: '/proc', type: 'proc', flags: 0, data: '' }
  const program = [
    ...steps(
      { op: 'mount', source: '', target: '/', type: '', flags: 0x44000, data: '' },
      { op: 'mount', ...proc },
    ),
    ...shell('exec sleep 1000'),
  ]
  await connection.launch(fixture.container('a', '', { program }))
  const clone = (filesystem: number) => ({
    stateDir: undefined,
    program: [
      ...steps(
        { op: 'open-tree-of', slot: 1, record, path: '/proc', filesystem },
        { op: 'move-tree', slot: 1, target: '/mnt' },
      ),
      ...shell('ls -d /mnt/1 /mnt/2 2>/dev/null; pwd'),
    ],
  })
  await connection.launch(fixture.container('b', '', clone(0x9fa0)))
  await connection.wait('b')
  expect(fixture.lines('b')).toEqual(['stdout F /mnt/1', 'stdout F /'])
  await expect(connection.launch(fixture.container('c', '', clone(0xef53)))).rejects.toMatchObject({
    what: 'clone /proc',
    errnoName: 'EPERM',
  })
})

test('launch() names the operation that failed on either side of the birth in a container', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', 'exec sleep 1000'))
  const exec = { op: 'exec', candidates: ['/missing'], argv: ['x'], environment: [] } as const
  const joined = { op: 'join-target', namespaces: 0x4000000 } as const
  const before = steps(joined, { op: 'chdir', path: '/missing' }, exec)
  const after = steps(joined, { op: 'new-session' }, exec)
  const failure = async (program: readonly LaunchStep[]) =>
    connection.launch(fixture.auxiliary('e', '', { join: 'a', program })).catch(error => error)
  expect(await failure(before)).toMatchObject({ index: 1, errnoName: 'ENOENT', what: 'chdir /missing' })
  expect(await failure(after)).toMatchObject({ index: 2, errnoName: 'ENOENT', what: 'execve /missing' })
  expect((await connection.list()).map(({ id }) => id)).toEqual(['a'])
})

test('launch() tells pid and status of many short processes in one container', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', 'exec sleep 1000'))
  const runs = Array.from({ length: 100 }, async (_, index) => {
    const id = `e${index}`
    const changes = { join: 'a', logPath: undefined }
    const { pid } = await connection.launch(fixture.auxiliary(id, `exit ${index}`, changes))
    const { status } = await connection.wait(id)
    return { pid, code: status >> 8 }
  })
  const ended = await Promise.all(runs)
  expect(ended.map(({ code }) => code)).toEqual(runs.map((_, index) => index))
  expect(new Set(ended.map(({ pid }) => pid)).size).toBe(runs.length)
})

test('launch() survives clients that hang up while their processes are born', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', 'exec sleep 1000'))
  for (let round = 0; round < 50; round++) {
    const other = await connectKeeper(fixture.socketPath)
    const changes = { join: 'a', killOnHangup: true, logPath: undefined }
    const launching = other?.launch(fixture.auxiliary(`e${round}`, 'exec sleep 1000', changes))
    // The request has to leave the process first; how far the keeper then comes differs by round.
    for (let turn = 0; turn <= round % 10; turn++) await setImmediate()
    other?.close()
    await launching?.catch(() => {})
  }
  await eventually(async () => expect((await connection.list()).map(({ id }) => id)).toEqual(['a']))
})

test('launch() gives attached descriptors to the process', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  writeFileSync(fixture.path('in'), 'hello\n')
  const fds = [
    openSync(fixture.path('in'), 'r'),
    openSync(fixture.path('out'), 'w'),
    openSync('/dev/null', 'w'),
  ]
  await Promise.all([
    connection.launch(fixture.container('b', 'true')),
    connection.launch(fixture.container('a', 'cat'), fds),
    connection.launch(fixture.container('c', 'true')),
  ])
  for (const fd of fds) closeSync(fd)
  await connection.wait('a')
  expect(fixture.read('out')).toBe('hello\n')
})

test('launch() kills a kill-on-hangup process when its client goes', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  const other = await connectKeeper(fixture.socketPath)
  await other?.launch(fixture.auxiliary('e', 'exec sleep 1000', { join: 'a', killOnHangup: true }))
  const ended = fixture.connection.wait('e')
  // The keeper has both requests by then.
  await fixture.connection.list()
  other?.close()
  expect(await ended).toMatchObject({ status: SIGKILL })
})

test('signal() kills a container at once and then knows it no more', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const events: KeeperEvent[] = []
  await connection.subscribe(event => events.push(event))
  const { pid } = await connection.launch(fixture.container('a', 'exec sleep 1000'))
  await connection.signal('a', SIGKILL)
  const { status, finishedAt } = await connection.wait('a')
  expect(status).toBe(SIGKILL)
  // Who waits is answered first.
  await eventually(async () =>
    expect(events).toEqual([
      { kind: 'started', id: 'a', pid },
      { kind: 'exited', id: 'a', status, finishedAt },
    ]),
  )
  await expect(connection.signal('a', SIGKILL)).rejects.toMatchObject({ errnoName: 'ESRCH' })
})

test('open-terminal sends the terminal of a container to its log', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(
    fixture.container('a', '', { program: terminalProgram('stty size; echo err >&2') }),
  )
  await fixture.connection.wait('a')
  expect(fixture.lines('a')).toEqual(['stdout F 24 80', 'stdout F err'])
})

test('launchTerminal() returns the master of the process', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  const request = fixture.auxiliary('e', '', {
    join: 'a',
    logPath: undefined,
    program: terminalProgram('stty size; exit 5'),
  })
  const { connection, master } = launchTerminal(fixture.socketPath, request)
  using _ = connection
  expect(await connection.wait('e')).toMatchObject({ status: 5 << 8 })
  const data = Buffer.alloc(100)
  expect(data.toString('utf8', 0, readSync(master, data))).toBe('24 80\r\n')
  closeSync(master)
})

test('launchTerminal() returns the master of a container that ends with its client and has no log', async () => {
  await using fixture = await KeeperFixture.start()
  const program = terminalProgram('stty size; exec sleep 1000')
  const request = fixture.container('a', '', { program, logPath: undefined, killOnHangup: true })
  const { connection, master } = launchTerminal(fixture.socketPath, request)
  const data = Buffer.alloc(100)
  expect(data.toString('utf8', 0, readSync(master, data))).toBe('24 80\r\n')
  closeSync(master)
  connection.close()
  expect(await fixture.connection.wait('a')).toMatchObject({ status: 9 })
})

test('hold() binds a socket that lend() hands to another process', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const port = await connection.hold({ ...listener, name: 'web/80' })
  expect(await connection.held('web/')).toEqual([{ name: 'web/80', port }])
  await expect(connection.hold({ ...listener, name: 'other', port })).rejects.toMatchObject({
    call: 'bind',
    errnoName: 'EADDRINUSE',
  })
  // A connection made before anyone serves the socket waits in it.
  const client = connect(port, '127.0.0.1')
  await once(client, 'connect')
  const [lent] = await connection.lend('web/')
  const server = createServer(socket => socket.end('served')).listen({ fd: lent?.fd })
  const [data] = await once(client, 'data')
  expect(String(data)).toBe('served')
  await new Promise(resolve => server.close(resolve))
  expect(await connection.release('web/')).toBe(1)
  expect(await connection.held('')).toEqual([])
})

test('hold() binds in another network namespace and comes back', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const cloneNewnet = 0x40000000
  const { pid } = await connection.launch(
    fixture.container('a', 'exec sleep 1000', { cloneFlags: cloneNewnet }),
  )
  const everywhere = { ...listener, address: new Uint8Array(4) }
  const port = await connection.hold({ ...everywhere, name: 'host' })
  const netns = `/proc/${pid}/ns/net`
  expect(await connection.hold({ ...everywhere, name: 'inside', port, netns })).toBe(port)
  await expect(connection.hold({ ...everywhere, name: 'again', port })).rejects.toMatchObject({
    errnoName: 'EADDRINUSE',
  })
  await expect(connection.hold({ ...everywhere, name: 'nowhere', netns: '/missing' })).rejects.toMatchObject({
    call: 'open',
    errnoName: 'ENOENT',
    object: '/missing',
  })
})

test('lend() returns more sockets than one message carries', async () => {
  await using fixture = await KeeperFixture.start()
  const names = Array.from({ length: 70 }, (_, index) => `s/${index}`)
  await Promise.all(names.map(name => fixture.connection.hold({ ...listener, name })))
  const lent = await fixture.connection.lend('s/')
  for (const { fd } of lent) closeSync(fd)
  expect(lent.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})

test('keep() keeps files that programs copy, until they are released', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const content = Buffer.alloc(3 * 512 * 1024 + 1, 'kept ')
  await connection.keep('a/long', Buffer.alloc(10))
  await connection.keep('a/long', content)
  await connection.keep('a/empty', new Uint8Array())
  expect((await connection.held('a/')).map(({ name }) => name).toSorted()).toEqual(['a/empty', 'a/long'])
  expect(await connection.lend('a/')).toEqual([])
  const copies = (id: string) =>
    fixture.container(id, '', {
      program: [
        ...steps(
          { op: 'write-held', path: fixture.path(id), name: 'a/long', mode: 0o440 },
          { op: 'write-held', path: fixture.path(`${id}.empty`), name: 'a/empty', mode: 0o404 },
        ),
        ...shell(`stat -c '%s %a' ${fixture.path(id)} ${fixture.path(`${id}.empty`)}; ls /proc/self/fd`),
      ],
    })
  for (const id of ['x', 'y']) {
    await connection.launch(copies(id))
    await connection.wait(id)
    expect(readFileSync(fixture.path(id))).toEqual(content)
    const listed = ['0', '1', '2', '3'].map(fd => `stdout F ${fd}`)
    expect(fixture.lines(id)).toEqual([`stdout F ${content.length} 440`, 'stdout F 0 404', ...listed])
  }
  expect(await connection.release('a/')).toBe(2)
  await expect(connection.launch(copies('z'))).rejects.toMatchObject({
    index: 0,
    errnoName: 'ENOENT',
  })
})

test('place-link and place-file replace links, write through none, and leave what is no link', async () => {
  await using fixture = await KeeperFixture.start()
  const at = (name: string): string => fixture.path(name)
  writeFileSync(at('own'), 'own')
  symlinkSync(at('own'), at('file'))
  symlinkSync('old', at('stale'))
  const content = Buffer.from('placed\n')
  await fixture.connection.launch(
    fixture.container('x', '', {
      program: [
        ...steps(
          { op: 'place-link', target: 'lib.so.2', path: at('new/folder/lib.so') },
          { op: 'place-link', target: 'lib.so.2', path: at('stale') },
          { op: 'place-link', target: 'lib.so.2', path: at('own') },
          { op: 'place-file', path: at('file'), content, mode: 0o640 },
          { op: 'place-file', path: at('deep/er/file'), content, mode: 0o644 },
        ),
        ...shell('true'),
      ],
    }),
  )
  await fixture.connection.wait('x')
  expect(['new/folder/lib.so', 'stale'].map(name => readlinkSync(at(name)))).toEqual(['lib.so.2', 'lib.so.2'])
  expect(['own', 'file', 'deep/er/file'].map(name => readFileSync(at(name), 'utf8'))).toEqual([
    'own',
    'placed\n',
    'placed\n',
  ])
  expect(lstatSync(at('file')).mode & 0o7777).toBe(0o640)
})

test('keep() does not take the name of a socket', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.hold({ ...listener, name: 'web/80' })
  await expect(fixture.connection.keep('web/80', Buffer.from('x'))).rejects.toMatchObject({
    errnoName: 'EEXIST',
  })
})

test('a keeper that has more open than its children may starts them all the same', async () => {
  await using fixture = await KeeperFixture.startLimited(64)
  const names = Array.from({ length: 100 }, (_, index) => `s/${index}`)
  await Promise.all(names.map(name => fixture.connection.hold({ ...listener, name })))
  await fixture.connection.launch(fixture.container('a', 'ulimit -Sn'))
  await fixture.connection.wait('a')
  expect(fixture.lines('a')).toEqual(['stdout F 64'])
})

test('supervise() respawns what fails and lets go of what ends well', async () => {
  await using fixture = await KeeperFixture.start()
  const script = `echo run; [ $(wc -l < ${fixture.path('sup')}) -ge 3 ]`
  const gone = new Promise(resolve => {
    const watcher = watch(fixture.folder, () => {
      if (fixture.read('sup') !== 'run\nrun\nrun\n') return
      watcher.close()
      resolve(undefined)
    })
  })
  await fixture.connection.supervise(shell(script), fixture.path('sup'))
  await gone
  expect(fixture.read('sup')).toBe('run\nrun\nrun\n')
})

test('supervise() runs a program that ended well again while a container lives', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  await fixture.connection.supervise(shell('echo run'), fixture.path('sup'))
  await eventually(async () => expect(fixture.read('sup')).toContain('run\nrun\n'))
  await fixture.connection.signal('a', SIGKILL)
})

test('supervise() leaves the same program alone and replaces it by another', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const log = fixture.path('sup')
  const first = shell('echo first; exec sleep 1000')
  await connection.supervise(first, log)
  await eventually(async () => expect(fixture.read('sup')).toBe('first\n'))
  await connection.supervise(first, log)
  await connection.supervise(shell('echo second; exec sleep 1000'), log)
  await eventually(async () => expect(fixture.read('sup')).toBe('first\nsecond\n'))
})

test('supervise() rejects for a program that cannot start', async () => {
  await using fixture = await KeeperFixture.start()
  const program = [...steps({ op: 'chdir', path: '/missing' }), ...shell('true')]
  await expect(fixture.connection.supervise(program, fixture.path('sup'))).rejects.toMatchObject({
    name: 'LaunchFailure',
    index: 0,
  })
  await fixture.connection.supervise(shell('exit 0'), fixture.path('sup'))
  // Its failure is in the log by design.
  expect(fixture.read('log')).toContain('cannot start the supervisor')
  writeFileSync(fixture.path('log'), '')
})

test('the keeper disconnects a client that sends nonsense and serves the others', async () => {
  await using fixture = await KeeperFixture.start()
  const client = connect(fixture.socketPath)
  client.end(Buffer.alloc(64, 0xff))
  await once(client, 'close')
  expect(await fixture.connection.list()).toEqual([])
})

test('the keeper answers no peer of another user', async context => {
  if (process.seteuid === undefined || process.getuid?.() !== 0) return context.skip('it needs root')
  await using fixture = await KeeperFixture.start()
  expect(statSync(fixture.socketPath).mode & 0o777).toBe(0o600)
  // So open that the keeper's own check is the only one.
  chmodSync(fixture.folder, 0o755)
  chmodSync(fixture.socketPath, 0o666)
  process.seteuid(65_534)
  let fd: number | undefined
  try {
    fd = connectUnixSocket(fixture.socketPath)
  } finally {
    process.seteuid(0)
  }
  const stranger = new Socket({ fd: fd ?? -1 })
  const answer = new Promise(resolve => {
    stranger.on('data', () => resolve('a reply'))
    stranger.on('error', () => {})
    stranger.on('close', () => resolve('none'))
  })
  stranger.write(encodeMessage('hello', 1n, Buffer.alloc(4)))
  expect(await answer).toBe('none')
  expect(await fixture.connection.list()).toEqual([])
})

test('the keeper waits for no client that does not read', async () => {
  await using fixture = await KeeperFixture.start()
  const client = connectUnixSocket(fixture.socketPath) ?? -1
  const flood = Buffer.concat(Array.from({ length: 4096 }, () => encodeMessage('hello', 1n, Buffer.alloc(4))))
  for (let sent = 1, total = 0; sent > 0 && total < 64 << 20; total += sent) {
    sent = sendDescriptors(client, flood.subarray(total % flood.length), [])
    expect(await fixture.connection.list()).toEqual([])
  }
  closeSync(client)
})

test('launch() lets the kernel put the process into a cgroup v2 folder', async context => {
  const [, root] = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8')) ?? []
  if (root === undefined) return context.skip('no cgroup v2 hierarchy is mounted')
  await using fixture = await KeeperFixture.start()
  const cgroup = mkdtempSync(join(root, 'tcompose-test-'))
  await fixture.connection.launch(fixture.container('a', 'cat /proc/self/cgroup', { cgroup }))
  await fixture.connection.wait('a')
  rmdirSync(cgroup)
  expect(fixture.lines('a')).toContain(`stdout F 0::/${basename(cgroup)}`)
})

test('quit() fails while a container runs', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  await expect(fixture.connection.quit()).rejects.toMatchObject({ errnoName: 'EBUSY' })
})

test('startKeeper() finds the keeper that runs, also behind a long path', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tck'))
  const folder = join(root, 'x'.repeat(120))
  mkdirSync(folder)
  {
    await using fixture = await KeeperFixture.start(folder)
    using second = await startKeeper(placeIn(folder))
    expect(await second.hello()).toEqual(await fixture.connection.hello())
  }
  rmSync(root, { recursive: true })
})

test('startKeeper() runs a copy of the binary that nobody can write to', async () => {
  await using fixture = await KeeperFixture.start()
  const { pid, protocolVersion } = await fixture.connection.hello()
  expect(protocolVersion).toBe(1)
  const opened = () => closeSync(openSync(`/proc/${pid}/exe`, 'r+'))
  expect(opened).toThrow(/EPERM|ETXTBSY/)
})

test('startKeeper() takes the place of a keeper that was killed, whose containers died with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tck'))
  const killed = await KeeperFixture.start(folder)
  const container = await killed.connection.launch(killed.container('a', 'exec sleep 1000'))
  const { pid } = await killed.connection.hello()
  process.kill(pid, SIGKILL)
  await killed.connection.closed
  await using next = await KeeperFixture.start(folder)
  expect((await next.connection.hello()).pid).not.toBe(pid)
  await eventually(async () => expect(stateOf(container.pid)).toMatch(/^[ZX]?$/))
})

test('the keeper ends with its last container and client', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tck'))
  const fixture = await KeeperFixture.start(folder)
  const unlinked = new Promise(resolve => {
    const watcher = watch(folder, (_, name) => {
      if (name !== 's' || existsSync(fixture.socketPath)) return
      watcher.close()
      resolve(undefined)
    })
  })
  await fixture.connection.launch(fixture.container('a', 'exec sleep 0.1'))
  fixture.connection.close()
  await unlinked
  expect(existsSync(fixture.path('exit'))).toBe(true)
  expect(await connectKeeper(fixture.socketPath)).toBeUndefined()
  rmSync(folder, { recursive: true })
})

function terminalProgram(script: string) {
  return [
    ...steps(
      { op: 'new-session' },
      { op: 'open-terminal', ptmx: '/dev/ptmx', rows: 24, columns: 80, uid: -1 },
    ),
    ...shell(script),
  ]
}

function stateOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return status.slice(status.lastIndexOf(')') + 2)[0] ?? ''
  } catch {
    return ''
  }
}
