import { spawnSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CommandResult, TestProject } from '../support/test-project.ts'

let project: TestProject
let outside: string

beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), 'tc-outside-'))
  project = new TestProject({
    compose: `
name: copier
services:
  up:
    image: rootfs:/
    command: [sh, -c, "mkdir -p /srv/tree/sub && echo one > /srv/tree/one && echo two > /srv/tree/sub/two && ln -s one /srv/tree/link && chown 33:44 /srv/tree/one && touch /srv/ready; sleep 600"]
    stop_signal: SIGKILL
    volumes: ["vol:/data"]
    tmpfs: [/tmp]
    healthcheck: { test: [CMD, test, -e, /srv/ready], interval: 50ms, retries: 200 }
  many:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    scale: 2
  idle:
    image: rootfs:/
    command: [sleep, "600"]
    volumes: ["vol:/data"]
    scale: 1
volumes: { vol: {} }
`,
  })
  await project.succeed('up', '-d', '--wait', 'up', 'many')
  await project.succeed('up', '--no-start', 'idle')
})
afterAll(async () => {
  rmSync(outside, { recursive: true, force: true })
  await project[Symbol.asyncDispose]()
})

let folder: string
beforeEach(() => {
  folder = join(project.folder, 'out')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
})

function cp(...args: readonly string[]): Promise<CommandResult> {
  return project.run(['cp', ...args])
}

async function copied(...args: readonly string[]): Promise<string> {
  const result = await cp(...args)
  expect([result.exitCode, result.stderr]).toEqual([0, expect.stringContaining('Copied')])
  return result.stderr
}

async function inside(service: string, script: string): Promise<string> {
  return await project.succeed('exec', '-T', service, 'sh', '-c', script)
}

test('cp takes a file out of a container, under its name or a new one, and says so', async () => {
  expect(await copied('up:/srv/tree/one', 'out')).toBe(
    ' copier-up-1  copy copier-up-1:/srv/tree/one to out  Copied\n',
  )
  await copied('up:srv/tree/one', 'out/new')
  expect(readdirSync(folder).sort()).toEqual(['new', 'one'])
  expect(readFileSync(join(folder, 'new'), 'utf8')).toBe('one\n')
  expect(statSync(join(folder, 'new'))).toMatchObject({ uid: 0, gid: 0 })
})

test('cp -a keeps owner and group', async () => {
  await copied('-a', 'up:/srv/tree/one', 'out/')
  expect(statSync(join(folder, 'one'))).toMatchObject({ uid: 33, gid: 44 })
})

test('cp puts a folder into one that is there, under a new name where none is, and with /. only its content', async () => {
  await copied('up:/srv/tree', 'out')
  await copied('up:/srv/tree', 'out/renamed')
  await copied('up:/srv/tree/.', 'out')
  for (const place of ['tree', 'renamed', '.']) {
    expect(readFileSync(join(folder, place, 'sub/two'), 'utf8')).toBe('two\n')
    expect(readlinkSync(join(folder, place, 'link'))).toBe('one')
  }
})

test('cp copies a link as it is, and with -L what it names', async () => {
  await copied('up:/srv/tree/link', 'out')
  expect(readlinkSync(join(folder, 'link'))).toBe('one')
  await copied('-L', 'up:/srv/tree/link', 'out/followed')
  expect(readFileSync(join(folder, 'followed'), 'utf8')).toBe('one\n')
})

test('cp fails, and changes nothing, where the rules of docker cp forbid it', async () => {
  writeFileSync(join(folder, 'file'), 'kept')
  for (const [from, to, state] of [
    ['up:/srv/tree', 'out/file', 'it is a file, and the source is a folder'],
    ['up:/srv/tree/one', 'out/file/', 'it is no folder'],
    ['up:/srv/tree/one', 'out/nothing/', 'there is no such folder'],
    ['up:/srv/tree/one', 'out/nothing/new', 'there is no folder'],
    ['up:/srv/none', 'out', 'it does not exist'],
    ['up:/srv/tree/one/', 'out', 'a part of it is no folder'],
  ] as const) {
    const { exitCode, stderr } = await cp(from, to)
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(state)])
  }
  expect(readdirSync(folder)).toEqual(['file'])
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept')
})

test('cp copies into each container of a service, or one of them, and files keep the numbers of their owner', async () => {
  mkdirSync(join(folder, 'site/deep'), { recursive: true })
  writeFileSync(join(folder, 'site/deep/page'), 'hello', { mode: 0o640 })
  chownSync(join(folder, 'site/deep/page'), 12, 13)
  expect(await copied('out/site', 'many:/srv/')).toContain('copier-many-2:/srv/  Copied')
  for (const index of ['1', '2']) {
    const found = await project.succeed(
      'exec',
      '-T',
      '--index',
      index,
      'many',
      'stat',
      '-c',
      '%a %u:%g',
      '/srv/site/deep/page',
    )
    expect(found).toBe('640 12:13\n')
  }
  await copied('--index', '2', 'out/site/.', 'many:/srv/only')
  expect(
    await project.succeed('exec', '-T', '--index', '2', 'many', 'stat', '-c', '%u:%g', '/srv/only/deep/page'),
  ).toBe('12:13\n')
  expect(
    (await project.run(['exec', '-T', '--index', '1', 'many', 'test', '-e', '/srv/only'])).exitCode,
  ).toBe(1)
})

test('cp reads and writes the volume of a container, running or not, and files of one that does not run', async () => {
  writeFileSync(join(folder, 'in'), 'into the volume')
  await copied('out/in', 'idle:/data/from-idle')
  expect(await inside('up', 'cat /data/from-idle')).toBe('into the volume')
  await copied('out/in', 'idle:/srv/in')
  await copied('idle:/srv/in', 'out/back')
  await copied('idle:/data', 'out/volume')
  expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('into the volume')
  expect(readdirSync(join(folder, 'volume'))).toEqual(['from-idle'])
})

test('cp - writes an archive, and reads one into a folder that is there', async () => {
  const archive = spawnSync(join(import.meta.dirname, '../../bin/tcompose'), ['cp', 'up:/srv/tree', '-'], {
    cwd: project.folder,
    env: project.environment,
  }).stdout
  const list = spawnSync('tar', ['t'], { input: archive }).stdout.toString()
  expect(list.split('\n')).toEqual(['tree/', 'tree/link', 'tree/one', 'tree/sub/', 'tree/sub/two', ''])
  const into = (target: string) =>
    spawnSync(join(import.meta.dirname, '../../bin/tcompose'), ['cp', '-', target], {
      cwd: project.folder,
      env: project.environment,
      input: archive,
    })
  expect(into('up:/srv/missing').status).toBe(1)
  expect(into('up:/opt').status).toBe(0)
  expect(await inside('up', 'cat /opt/tree/sub/two; stat -c %u /opt/tree/one')).toBe('two\n33\n')
})

test('a link in the container does not lead cp out of it: neither to read, nor to write, nor in the middle of a path', async () => {
  const marker = join(outside, 'marker')
  writeFileSync(marker, 'of the host')
  await inside(
    'up',
    `ln -sfn ${outside} /srv/way && ln -sfn ${marker} /srv/marker && ln -sfn /proc/1/root${marker} /srv/magic`,
  )
  for (const path of ['/srv/way/marker', '/srv/marker/', '/srv/way/.', `/srv/../../../..${marker}`]) {
    const { exitCode, stderr } = await cp(`up:${path}`, 'out/stolen')
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Cannot copy')])
  }
  expect((await cp('-L', 'up:/srv/marker', 'out/stolen')).exitCode).toBe(1)
  expect((await cp('-L', 'up:/srv/magic', 'out/stolen')).exitCode).toBe(1)
  expect(existsSync(join(folder, 'stolen'))).toBe(false)
  writeFileSync(join(folder, 'new'), 'of the container')
  await cp('out/new', 'up:/srv/way/planted')
  await cp('out/new', 'up:/srv/marker')
  expect(readdirSync(outside)).toEqual(['marker'])
  expect(readFileSync(marker, 'utf8')).toBe('of the host')
  // A link of the archive, and a file behind it.
  const evil = join(folder, 'evil')
  mkdirSync(join(evil, 'a'), { recursive: true })
  symlinkSync(outside, join(evil, 'way'))
  await copied('out/evil/.', 'up:/srv')
  writeFileSync(join(evil, 'a/x'), 'x')
  rmSync(join(evil, 'way'))
  mkdirSync(join(evil, 'way'))
  writeFileSync(join(evil, 'way/planted'), 'x')
  expect((await cp('out/evil/.', 'up:/srv')).stderr).toContain('is no folder at the destination')
  expect(readdirSync(outside)).toEqual(['marker'])
  expect(lstatSync(join(evil, 'a/x')).isFile()).toBe(true)
})

test('cp says what is wrong with its arguments', async () => {
  expect(await cp('a', 'b')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('none of the paths is in a container'),
  })
  expect(await cp('up:/a', 'many:/b')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('between services'),
  })
  expect(await cp('nosuch:/a', 'b')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nosuch') })
})

test('nothing stays mounted after a copy', () => {
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(`${project.state}/run/rootfs`)
})
