import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runAtTerminal } from '../support/at-terminal.ts'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'
import { rootOf, treeOf, WatchRun } from '../support/watch-run.ts'

/** A service that has a folder for what is copied. */
function watched(rules: string, more = ''): string {
  return `
name: watched
services:
  web:
    image: rootfs:/
    init: true
    command: [sh, -c, "echo started >> /tmp/starts; while :; do sleep 1; done"]
    tmpfs: /app
${more}
    develop:
      watch:
${rules}
`
}

const SYNC = `
        - path: ./src
          action: sync
          target: /app
          ignore: [ignored/]
          initial_sync: true`

/** Waits until the container has what the folder `src` has. */
async function expectSame(project: TestProject, target = 'app'): Promise<void> {
  await eventually(async () => {
    expect(treeOf(join(rootOf(project), target))).toEqual(treeOf(join(project.folder, 'src')))
  })
}

test('watch starts services, copies what is there, and then what changes', async () => {
  await using project = new TestProject({ compose: watched(SYNC), files: { 'src/a': 'one', 'src/d/b': 'x' } })
  const src = (path: string): string => join(project.folder, 'src', path)
  await using watch = await WatchRun.start(project)
  await expectSame(project)

  writeFileSync(src('a'), 'two')
  chmodSync(src('d/b'), 0o755)
  mkdirSync(src('empty'))
  symlinkSync('a', src('link'))
  await expectSame(project)

  renameSync(src('d'), src('renamed'))
  rmSync(src('link'))
  await expectSame(project)

  for (let index = 0; index < 200; index += 1) project.write(`src/many/${index}`, `${index}`)
  await expectSame(project)
  rmSync(src('many'), { recursive: true })
  await expectSame(project)

  const result = await watch.end()
  expect(result.exitCode).toBe(130)
  expect(result.stdout).toContain('Watch disabled')
  expect(result.stderr).not.toContain('error')
  expect(await project.succeed('ps', '--format', 'json')).toContain('"running"')
})

test('watch takes a burst as one', async () => {
  const rules = SYNC.replace('action: sync', 'action: sync+restart')
  await using project = new TestProject({ compose: watched(rules), files: { 'src/a': 'one' } })
  await using watch = await WatchRun.start(project)
  for (let index = 0; index < 100; index += 1) writeFileSync(join(project.folder, `src/${index}`), '')
  await watch.says('restarted')
  expect(watch.output).toContain('after 100 changes')
  await eventually(async () => {
    const starts = readFileSync(join(rootOf(project), 'tmp/starts'), 'utf8')
    expect(starts.trim().split('\n')).toEqual(['started', 'started'])
  })
  expect(watch.count('restarted')).toBe(1)
})

test('watch catches up with what changed while it was off, also after a kill, and leaves what it never copied', async () => {
  const compose = watched(SYNC).replace('    tmpfs: /app\n', '')
  await using project = new TestProject({ compose, files: { 'src/a': '1', 'src/b': '1', 'src/d/c': '1' } })
  const src = (path: string): string => join(project.folder, 'src', path)
  await using first = await WatchRun.start(project)
  await expectSame(project)
  writeFileSync(join(rootOf(project), 'app/own'), 'of the container')
  project.write('src/late', '1')
  await first.end('SIGKILL')

  writeFileSync(src('a'), '2')
  rmSync(src('b'))
  rmSync(src('d'), { recursive: true })
  project.write('src/ignored/x', '')
  project.write('src/e/f', '1')
  await using _second = await WatchRun.start(project)
  await eventually(async () => {
    const tree = treeOf(join(rootOf(project), 'app'))
    expect([...tree.keys()]).toEqual(['a', 'e', 'e/f', 'late', 'own'])
    expect(tree.get('a')).toBe('644 2')
  })
})

test('without initial_sync only what changes is copied, while watch is on or off', async () => {
  const rules = SYNC.replace('initial_sync: true', 'initial_sync: false')
  const compose = watched(rules).replace('    tmpfs: /app\n', '')
  await using project = new TestProject({ compose, files: { 'src/a': '1', 'src/b': '1' } })
  await using first = await WatchRun.start(project)
  writeFileSync(join(project.folder, 'src/b'), '2')
  await eventually(async () => {
    expect([...treeOf(join(rootOf(project), 'app'))]).toEqual([['b', '644 2']])
  })
  await first.end()
  writeFileSync(join(project.folder, 'src/a'), '3')
  await using _second = await WatchRun.start(project, ['watch', '--no-up'])
  await expectSame(project)
})

test('files in the container belong to its user', async () => {
  const more = '    user: "1234:4321"'
  await using project = new TestProject({ compose: watched(SYNC, more), files: { 'src/d/a': 'one' } })
  await using _watch = await WatchRun.start(project)
  for (const path of ['app/d', 'app/d/a']) {
    const { uid, gid } = statSync(join(rootOf(project), path))
    expect([uid, gid]).toEqual([1234, 4321])
  }
})

test('files keep their owner in a container without a user', async () => {
  await using project = new TestProject({ compose: watched(SYNC), files: { 'src/a': 'one' } })
  chownSync(join(project.folder, 'src/a'), 1001, 1002)
  await using _watch = await WatchRun.start(project)
  const { uid, gid } = statSync(join(rootOf(project), 'app/a'))
  expect([uid, gid]).toEqual([1001, 1002])
})

test('sync+exec runs its command in the container once everything is copied', async () => {
  const rules = `
        - path: ./src
          action: sync+exec
          target: /app
          exec:
            command: [sh, -c, "cat /app/* > /app/all; echo $$PWD $$V $$(id -u)"]
            user: "77"
            working_dir: /app
            environment: {V: value}`
  await using project = new TestProject({ compose: watched(rules), files: { 'src/a': 'one' } })
  await using watch = await WatchRun.start(project)
  chmodSync(join(rootOf(project), 'app'), 0o777)
  for (const name of ['a', 'b', 'c']) writeFileSync(join(project.folder, 'src', name), name)
  await watch.says('ended with exit code 0')
  expect(watch.output).toContain('/app value 77\n')
  expect(readFileSync(join(rootOf(project), 'app/all'), 'utf8')).toBe('abc')
})

test('a program that has ended is mended by a change of its file, and started with it', async () => {
  const compose = watched(SYNC.replace('action: sync', 'action: sync+restart'))
    .replace('    tmpfs: /app\n', '')
    .replace(/command: .*/, 'command: [sh, /app/main.sh]')
  await using project = new TestProject({ compose, files: { 'src/main.sh': 'exit 7\n' } })
  await using watch = await WatchRun.start(project)
  writeFileSync(join(project.folder, 'src/main.sh'), 'while :; do sleep 1; done\n')
  await watch.says('restarted')
  expect(await project.succeed('ps', '--format', 'json')).toContain('"running"')
  expect(readFileSync(join(rootOf(project), 'app/main.sh'), 'utf8')).toContain('while')
})

test('a file that is mounted in the container is written in place, and stays mounted', async () => {
  const rules = `
        - path: ./src/conf
          action: sync
          target: /etc/mounted.conf`
  const compose = watched(rules, '    volumes: ["./mounted:/etc/mounted.conf"]')
  await using project = new TestProject({ compose, files: { 'src/conf': 'one', mounted: 'before' } })
  await using _watch = await WatchRun.start(project)
  writeFileSync(join(project.folder, 'src/conf'), 'after')
  await eventually(async () => {
    expect(readFileSync(join(project.folder, 'mounted'), 'utf8')).toBe('after')
  })
})

test('what cannot be copied is said, and the rest is copied', async () => {
  const compose = watched(SYNC, '    read_only: true').replace('tmpfs: /app', 'tmpfs: [/app, /tmp]')
  const more = `
        - path: ./other
          action: sync
          target: /opt/none`
  await using project = new TestProject({
    compose: compose + more,
    files: { 'src/a': 'one', 'other/b': '' },
  })
  await using watch = await WatchRun.start(project)
  project.write('other/b', 'changed')
  await watch.says('its file system is read-only')
  writeFileSync(join(project.folder, 'src/a'), 'two')
  await expectSame(project)
  await watch.end()
})

test('a path that the container has mounted is said and not copied', async () => {
  const compose = watched(SYNC, '    volumes: ["./src:/data"]')
  await using project = new TestProject({ compose, files: { 'src/a': 'one' } })
  await using watch = await WatchRun.start(project)
  expect(watch.output).toContain('it is mounted there')
  expect([...treeOf(join(rootOf(project), 'app'))]).toEqual([])
})

test('a second watch of a project is refused', async () => {
  await using project = new TestProject({ compose: watched(SYNC), files: { 'src/a': 'one' } })
  await using watch = await WatchRun.start(project)
  const second = await project.run(['watch'])
  expect(second.exitCode).toBe(1)
  expect(second.stderr).toContain(`process ${watch.child.pid} watches it already`)
})

test.for([
  ['no rules', 'services: {web: {image: "rootfs:/"}}', 'no service has a "develop.watch" section'],
  ['rebuild without a build', watched('        - {path: ., action: rebuild}'), 'compose.yaml:12:11'],
  ['a malformed pattern', watched('        - {path: ., action: restart, ignore: ["[a"]}'), 'pattern "[a"'],
] as const)('watch refuses a file with %s before anything is changed', async ([, compose, text]) => {
  await using project = new TestProject({ compose })
  const result = await project.run(['watch'])
  expect(result.exitCode).toBe(2)
  expect(result.stderr).toContain(text)
  expect(await project.succeed('ls', '-a', '-q')).toBe('')
})

const PRINTS = watched(SYNC).replace(
  /command: .*/,
  'command: [sh, -c, "while :; do echo tick; sleep 0.2; done"]',
)

test('up --watch shows logs and copies, and Ctrl-C ends both', async () => {
  await using project = new TestProject({ compose: PRINTS, files: { 'src/a': 'one' } })
  await using watch = await WatchRun.start(project, ['up', '--watch'])
  await watch.says('web-1  | tick')
  writeFileSync(join(project.folder, 'src/a'), 'two')
  await expectSame(project)
  const result = await watch.end()
  expect(result.exitCode).toBe(130)
  expect(result.stdout).toContain('Watch disabled')
  expect(await project.succeed('ps', '-a', '--format', 'json')).toContain('"exited"')
})

test('up --watch refuses a file without rules, and a run in the background', async () => {
  await using project = new TestProject({ compose: 'name: none\nservices: {web: {image: "rootfs:/"}}\n' })
  const without = await project.run(['up', '--watch'])
  expect(without).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('develop.watch') })
  const detached = await project.run(['up', '-d', '--watch'])
  expect(detached).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--detach and --watch') })
})

test('up --menu switches watching on and off and leaves what runs', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
  await using project = new TestProject({ compose: PRINTS, files: { 'src/a': 'one' } })
  const result = await runAtTerminal(project, 'up --menu', [
    { question: 'w Enable Watch   d Detach', keys: 'w' },
    { question: 'w Disable Watch', keys: 'w' },
    { question: 'Watch disabled', keys: 'd' },
  ])
  expect(result.exitCode).toBe(0)
  expect(result.screen).toContain('Watch enabled')
  expect(await project.succeed('ps', '--format', 'json')).toContain('"running"')
})

test('up --menu stops everything at Ctrl-C', async ({ skip }) => {
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')
  await using project = new TestProject({ compose: PRINTS, files: { 'src/a': 'one' } })
  const result = await runAtTerminal(project, 'up --menu --watch', [
    { question: 'w Disable Watch   d Detach', keys: '\u0003' },
  ])
  expect(result.exitCode).toBe(130)
  expect(await project.succeed('ps', '-a', '--format', 'json')).toContain('"exited"')
})

test('an edit of the Compose file is said with its plan, and asked about on a terminal', async ({ skip }) => {
  const edited = watched(SYNC).replace('init: true', 'init: false')
  await using project = new TestProject({ compose: watched(SYNC), files: { 'src/a': 'one' } })
  await using watch = await WatchRun.start(project)
  project.write('compose.yaml', watched(SYNC).replace('init: true', 'inti: true'))
  await watch.says('Unknown key "inti"')
  project.write('compose.yaml', edited)
  await watch.says('Run "tcompose up" to apply it')
  expect(watch.output).toContain('recreate')
  await watch.end()
  if (!existsSync('/usr/bin/script')) return skip('no /usr/bin/script')

  project.write('compose.yaml', watched(SYNC))
  const result = await runAtTerminal(project, 'watch', [
    { question: 'Watch enabled', keys: '', act: () => project.write('compose.yaml', edited) },
    { question: 'Apply it? [y/N]', keys: 'y\r' },
    { question: 'Watch enabled', keys: '\u0003' },
  ])
  expect(result.exitCode).toBe(130)
  expect(await project.succeed('plan')).toContain('Nothing to do')
})

const BUSYBOX = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
`

function built(): TestProject {
  const service = (name: string): string => `
  ${name}:
    build: .
    init: true
    command: [sh, -c, "cat /version; sleep 1000"]
    develop: {watch: [{path: ./version, action: rebuild}]}`
  const project = new TestProject({
    compose: `name: built\nservices:${['a', 'b', 'c'].map(service).join('')}\n`,
    files: {
      Dockerfile: `${BUSYBOX}COPY version /version\nRUN ["sh", "-c", "test $(cat /version) != bad"]\n`,
      version: '1\n',
    },
  })
  copyFileSync('/bin/busybox', join(project.folder, 'busybox'))
  return project
}

test('a rebuild makes the image of three services once, and a build that fails leaves what runs', async () => {
  await using project = built()
  await using watch = await WatchRun.start(project)
  const ids = await project.succeed('ps', '-q')
  writeFileSync(join(project.folder, 'version'), 'bad\n')
  await watch.says('Failed to rebuild')
  expect(await project.succeed('ps', '-q')).toBe(ids)

  const before = watch.output.length
  writeFileSync(join(project.folder, 'version'), '2\n')
  await watch.says('service(s) ["a" "b" "c"] successfully built')
  const said = watch.output.slice(before)
  expect(said.split('Rebuilding service(s)').length).toBe(2)
  expect(said.match(/Built {2}4 steps, all cached/g)).toHaveLength(2)
  for (const name of ['a', 'b', 'c'])
    expect(readFileSync(join(rootOf(project, name), 'version'), 'utf8')).toBe('2\n')
})

/** Numbers from a seed, so that a failure can be repeated. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

test('after 60 random edits, with watch on, off and killed between them, both trees are the same', async () => {
  const compose = watched(SYNC).replace('    tmpfs: /app\n', '')
  await using project = new TestProject({ compose, files: { 'src/keep': '' } })
  const pick = randomNumbers(20_261_130)
  const names = ['a', 'b', 'd', 'd/e', 'd/e/f', 'd/g', 'h/i', 'j']
  const path = (): string => join(project.folder, 'src', names[pick(names.length)] ?? 'a')
  const edits: readonly (() => void)[] = [
    () => writeFileSync(path(), `${pick(1000)}`),
    () => writeFileSync(path(), `${pick(1000)}`),
    () => mkdirSync(path(), { recursive: true }),
    () => rmSync(path(), { recursive: true, force: true }),
    () => renameSync(path(), path()),
    () => chmodSync(path(), 0o600 + 0o100 * pick(2)),
    () => symlinkSync(`to-${pick(5)}`, path()),
  ]
  await using runs = new AsyncDisposableStack()
  const start = async (args?: readonly string[]): Promise<WatchRun> =>
    runs.use(await WatchRun.start(project, args))
  let watch: WatchRun | undefined = await start()
  for (let count = 0; count < 60; count += 1) {
    try {
      edits[pick(edits.length)]?.()
    } catch (error) {
      // Not every edit fits the tree as it is.
      if (!(error instanceof Error) || !('code' in error)) throw error
    }
    const then = pick(12)
    if (then === 0 && watch !== undefined) {
      await watch.end('SIGKILL')
      watch = undefined
    } else if (then === 1) watch ??= await start(['watch', '--no-up'])
    else if (then === 2 && watch !== undefined) await expectSame(project)
  }
  watch ??= await start(['watch', '--no-up'])
  await expectSame(project)
  await watch.end()
})
