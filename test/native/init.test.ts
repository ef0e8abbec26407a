import { closeSync, mkdtempSync, openSync, readFileSync, readlinkSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { LaunchOp, LaunchStep } from '../../src/runtime/launch/launch-op.ts'
import { ABI_COLUMN, SYSCALL_NUMBERS } from '../../src/runtime/seccomp/syscall-numbers.ts'
import { eventually } from '../support/eventually.ts'
import { buildSanitizedKeeper, KeeperFixture, SIGKILL, SIGTERM, shell, steps } from './keeper-fixture.ts'

const MS_REC = 0x4000
const MS_SLAVE = 0x80000
const CLONE_NEWNS = 0x20000
const NOBODY = 65534
const FOREVER = 'while :; do sleep 1000 & wait $!; done'

beforeAll(buildSanitizedKeeper)

test('run-init ends as its child ended, and reaps orphans', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', '', { program: withInit('(sleep 0 &); echo $$; exit 7') }))
  expect(await connection.wait('a')).toMatchObject({ status: 7 << 8 })
  expect(fixture.lines('a')).toEqual(['stdout F 2'])
  await connection.launch(fixture.container('b', '', { program: withInit('kill -KILL $$') }))
  expect(await connection.wait('b')).toMatchObject({ status: (128 + SIGKILL) << 8 })
  const orphans = '(sleep 0.01 &); while set -- /proc/[0-9]*; [ $# -gt 2 ]; do :; done; echo reaped'
  await connection.launch(fixture.container('c', '', { program: withInit(orphans) }))
  await connection.wait('c')
  expect(fixture.lines('c')).toEqual(['stdout F reaped'])
})

test('run-init forwards a signal to its child and to nobody else', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const worker = '(trap "echo worker got it; exit 9" TERM; echo ready; sleep 0.3; echo done) & worker=$!'
  const main = `trap 'wait $worker; exit $?' TERM; ${worker}; wait $worker`
  await connection.launch(fixture.container('a', '', { program: withInit(main) }))
  await eventually(async () => expect(fixture.lines('a')).toEqual(['stdout F ready']))
  await connection.signal('a', SIGTERM)
  expect(await connection.wait('a')).toMatchObject({ status: 0 })
  expect(fixture.lines('a')).toEqual(['stdout F ready', 'stdout F done'])
})

test('run-init leaves an init that shows and holds nothing of the keeper', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const secret = ['marker', 'of', 'another', 'container'].join('-')
  const environment = [`SECRET=${secret}`]
  const other = steps({ op: 'exec', candidates: ['/bin/sleep'], argv: ['sleep', '1000'], environment })
  await connection.launch(fixture.container('other', '', { program: other }))
  const { pid } = await connection.launch(fixture.container('a', '', { program: withInit(FOREVER) }))
  // The launch is answered at the exec, before the init has named itself.
  await eventually(async () => {
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('tc-init\n')
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()).toBe('tc-init')
  })
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('')
  expect(memoryOf(pid)).not.toContain(secret)
  expect(readlinkSync(`/proc/${pid}/exe`)).toBe('/memfd:tc-init (deleted)')
  expect(() => closeSync(openSync(`/proc/${pid}/exe`, 'r+'))).toThrow(/EPERM|ETXTBSY/)
})

test('run-init leaves its standard streams open, to every process of the container', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', '', { program: withInit(FOREVER) }))
  const script = 'ls /proc/1/fd | tr "\\n" " "; echo; echo out > /proc/1/fd/1; echo err > /proc/1/fd/2'
  const program = [...steps({ op: 'join-target', namespaces: CLONE_NEWNS }), ...shell(script)]
  await connection.launch(fixture.auxiliary('e', '', { join: 'a', program }))
  expect(await connection.wait('e')).toMatchObject({ status: 0 })
  expect(fixture.lines('e')).toEqual(['stdout F 0 1 2'])
  await eventually(async () =>
    expect(fixture.lines('a').toSorted()).toEqual(['stderr F err', 'stdout F out']),
  )
})

const confinements: ReadonlyArray<readonly [name: string, ops: readonly LaunchOp[]]> = [
  [
    'a user other than root',
    [
      { op: 'set-gid', gid: NOBODY },
      { op: 'set-uid', uid: NOBODY },
    ],
  ],
  ['no new privileges', [{ op: 'no-new-privileges' }]],
  ['a limit of four descriptors', [{ op: 'set-rlimit', resource: 7, soft: 4n, hard: 4n }]],
  ['a limit of empty files', [{ op: 'set-rlimit', resource: 1, soft: 0n, hard: 0n }]],
  ['a filter that refuses execveat', [{ op: 'seccomp', filter: refusing('execveat') }]],
  [
    'a filter that refuses memfd_create and pipe2',
    [{ op: 'seccomp', filter: refusing('memfd_create', 'pipe2') }],
  ],
  ['no /proc', [{ op: 'mount', source: 'none', target: '/proc', type: 'tmpfs', flags: 0, data: '' }]],
]
for (const [name, ops] of confinements) {
  test(`run-init works under ${name}`, async () => {
    await using fixture = await KeeperFixture.start()
    const { connection } = fixture
    const program = withInit('echo $$; exit 3', ops)
    const { pid } = await connection.launch(fixture.container('a', '', { program }))
    expect(pid).toBeGreaterThan(0)
    expect(await connection.wait('a')).toMatchObject({ status: 3 << 8 })
    expect(fixture.lines('a')).toEqual(['stdout F 2'])
  })
}

test('run-init that cannot become an init fails the launch, and its child does not run', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const ops: readonly LaunchOp[] = [{ op: 'seccomp', filter: refusing('execveat', 'execve') }]
  const program = withInit('echo ran', ops)
  const index = program.findIndex(({ op }) => op.op === 'run-init')
  await expect(connection.launch(fixture.container('a', '', { program }))).rejects.toMatchObject({
    what: 'execve tc-init',
    errnoName: 'EPERM',
    index,
  })
  expect(fixture.read('a.log')).toBe('')
})

test('run-init makes its child the foreground group of the terminal', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const script =
    'read -r _ _ _ _ group _ _ foreground _ < /proc/self/stat; [ $group = $foreground ] && echo same'
  const terminal: LaunchOp = { op: 'open-terminal', ptmx: '/dev/ptmx', rows: 24, columns: 80, uid: -1 }
  const program = withInit(script, [{ op: 'new-session' }, terminal])
  await connection.launch(fixture.container('a', '', { program }))
  await connection.wait('a')
  expect(fixture.lines('a')).toEqual(['stdout F same'])
})

test('run-init leaves an init that dies with the keeper', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tck'))
  const killed = await KeeperFixture.start(folder)
  const request = killed.container('a', '', { program: withInit(FOREVER) })
  const { pid, startTime } = await killed.connection.launch(request)
  process.kill((await killed.connection.hello()).pid, SIGKILL)
  await killed.connection.closed
  await eventually(async () => expect(stateOf(pid)).not.toBe(`running since ${startTime}`))
  rmSync(folder, { recursive: true })
})

/** A program with a /proc of its own, then `ops`, then an init that dies with the keeper. */
function withInit(script: string, ops: readonly LaunchOp[] = []): readonly LaunchStep[] {
  return [
    ...steps(
      { op: 'mount', source: 'none', target: '/', type: '', flags: MS_REC | MS_SLAVE, data: '' },
      { op: 'mount', source: 'proc', target: '/proc', type: 'proc', flags: 0, data: '' },
      ...ops,
      { op: 'parent-death-signal', signal: SIGKILL },
      { op: 'run-init' },
    ),
    ...shell(script),
  ]
}

/** A seccomp filter that answers EPERM to the system calls `names` and allows all others. */
function refusing(...names: readonly string[]): Buffer {
  const column = ABI_COLUMN[process.arch === 'arm64' ? 'aarch64' : 'x86_64']
  const numbers = SYSCALL_NUMBERS.filter(([name]) => names.includes(name)).map(row => row[column])
  return Buffer.concat([
    instruction(0x20, { k: 0 }),
    ...numbers.flatMap(k => [instruction(0x15, { k, whenFalse: 1 }), instruction(0x06, { k: 0x50001 })]),
    instruction(0x06, { k: 0x7fff0000 }),
  ])
}

/** A struct sock_filter. */
function instruction(
  code: number,
  { k, whenFalse = 0 }: { readonly k: number; readonly whenFalse?: number },
): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16LE(code, 0)
  bytes.writeUInt8(whenFalse, 3)
  bytes.writeUInt32LE(k, 4)
  return bytes
}

/** All that a process has in memory, as the host's root may read it. */
function memoryOf(pid: number): string {
  const fd = openSync(`/proc/${pid}/mem`, 'r')
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').trim().split('\n')
  const texts = maps.flatMap(line => {
    const [, start = '', end = ''] =
      /^(\w+)-(\w+) r.*(?<!\[vvar\]|\[vvar_vclock\]|\[vsyscall\])$/.exec(line) ?? []
    if (start === '') return []
    const data = Buffer.alloc(Number(BigInt(`0x${end}`) - BigInt(`0x${start}`)))
    readSync(fd, data, 0, data.length, BigInt(`0x${start}`))
    return [data.toString('latin1')]
  })
  closeSync(fd)
  return texts.join('')
}

function stateOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${fields[0] === 'Z' ? 'ended' : 'running'} since ${fields[19]}`
  } catch {
    return 'gone'
  }
}
