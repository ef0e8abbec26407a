import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

/** 10:229 is /dev/fuse, which no container may open by default, and which opens for anyone who may. */
const FUSE = ['c', '10', '229']

function makeNode(path: string, mode: string, ...numbers: readonly string[]): void {
  const { status, stderr } = spawnSync('mknod', ['-m', mode, path, ...numbers], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  spawnSync('chown', ['1234:2345', path])
}

const service = (name: string, ...lines: readonly string[]): string =>
  [`  ${name}:`, '    image: rootfs:/', '    command: [sleep, "600"]', '    stop_signal: SIGKILL']
    .concat(lines.map(line => `    ${line}`))
    .join('\n')

let host: TemporaryFolder
let project: TestProject
beforeAll(async () => {
  host = temporaryFolder()
  mkdirSync(join(host.path, 'nodes/deep'), { recursive: true })
  makeNode(join(host.path, 'fuse'), '640', ...FUSE)
  makeNode(join(host.path, 'nodes/first'), '600', ...FUSE)
  makeNode(join(host.path, 'nodes/deep/second'), '600', ...FUSE)
  symlinkSync('fuse', join(host.path, 'link'))
  project = new TestProject({
    compose: [
      'name: devices',
      'services:',
      service(
        'main',
        `devices: ["${host.path}/fuse:/dev/union:r", "/dev/zero:/opt/deep/zero"]`,
        'read_only: true',
      ),
      service('folder', `devices: [{source: ${host.path}/nodes, target: /dev/nodes, permissions: r}]`),
      service('linked', `devices: ["${host.path}/link:/dev/union"]`, 'user: "1234"'),
      service('ruled', 'device_cgroup_rules: ["c 10:229 r"]'),
      service('plain'),
      service('all', 'privileged: true', 'devices: ["/dev/zero:/dev/nought"]'),
      '',
    ].join('\n'),
  })
  await project.succeed('up', '-d')
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  host[Symbol.dispose]()
})

function inside(name: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', name, 'sh', '-c', script)
}

const openFor = (flag: string, path: string): string =>
  `(: ${flag} ${path}) 2>/dev/null && echo yes || echo no`

test('a device has its name, and owner, mode and numbers of the host', async () => {
  expect(await inside('main', 'stat -c "%F %t:%T %u:%g %a" /dev/union')).toBe(
    'character special file a:e5 1234:2345 640\n',
  )
})

test('a device may be used for what its permissions say, and for nothing else', async () => {
  expect(await inside('main', openFor('<', '/dev/union'))).toBe('yes\n')
  expect(await inside('main', openFor('>', '/dev/union'))).toBe('no\n')
})

test('a device may be elsewhere than in /dev, also where nothing may be written', async () => {
  expect(await inside('main', 'head -c 3 /opt/deep/zero | od -An -tx1; stat -c %t:%T /opt/deep/zero')).toBe(
    ' 00 00 00\n1:5\n',
  )
  expect(await inside('main', 'rm /opt/deep/zero 2>&1 || true')).toMatch(/busy|Read-only/)
})

test('a folder of devices is there with all its nodes', async () => {
  expect(await inside('folder', 'cd /dev/nodes; find . -type c | sort')).toBe('./deep/second\n./first\n')
  expect(await inside('folder', openFor('<', '/dev/nodes/deep/second'))).toBe('yes\n')
})

test('a link on the host leads to its device, which the user who owns it may open', async () => {
  expect(await inside('linked', `id -u; ${openFor('>', '/dev/union')}`)).toBe('1234\nyes\n')
})

test('a rule allows a device that the container makes itself', async () => {
  const make = 'rm -f /tmp/k; mknod /tmp/k c 10 229'
  expect(await inside('ruled', `${make}; ${openFor('<', '/tmp/k')}; ${openFor('>', '/tmp/k')}`)).toBe(
    'yes\nno\n',
  )
  expect(await inside('plain', `${make}; ${openFor('<', '/tmp/k')}`)).toBe('no\n')
})

test('a privileged container has the devices of the host, and its own under their names', async () => {
  expect(await inside('all', 'stat -c %t:%T /dev/nought /dev/fuse 2>/dev/null || true')).toContain('1:5\n')
})

test('a container that is started again finds its devices', async () => {
  await project.succeed('restart', 'main')
  expect(await inside('main', 'head -c 1 /opt/deep/zero | wc -c; stat -c %t:%T /dev/union')).toBe('1\na:e5\n')
})

test('devices that are none are reported together, with their lines, before anything is made', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'file'), '')
  await using broken = new TestProject({
    compose: `name: broken\nservices:\n  web:\n    image: rootfs:/\n    command: ["true"]\n    devices:\n      - /dev/nothing\n      - ${folder.path}/file\n`,
  })
  const { exitCode, stderr } = await broken.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot use device "/dev/nothing": it does not exist')
  expect(stderr).toContain('compose.yaml:7:9')
  expect(stderr).toContain(`Cannot use device "${folder.path}/file": it is not a device`)
  expect(stderr).toContain('compose.yaml:8:9')
  expect(stderr.split('\n\nerror[')).toHaveLength(2)
  expect(await broken.succeed('ps', '-a', '-q')).toBe('')
})

test('what a file says wrongly of devices is reported without a look at the host', async () => {
  await using wrong = new TestProject({
    compose: `name: wrong\nservices:\n  web:\n    image: rootfs:/\n    devices: ["/dev/zero:r"]\n    device_cgroup_rules: ["c 1:3"]\n`,
  })
  const { exitCode, stderr } = await wrong.run(['config', '-q'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Write "/dev/zero:/dev/zero:r"')
  expect(stderr).toContain('Cannot use device rule "c 1:3" of service "web"')
})

test('a container that its policy starts again has the devices as they are then', async () => {
  using folder = temporaryFolder()
  const device = join(folder.path, 'device')
  makeNode(device, '666', ...FUSE)
  await using again = new TestProject({
    compose: [
      'name: again',
      'services:',
      '  web:',
      '    image: rootfs:/',
      `    command: [sh, -c, "stat -c %t:%T /dev/union; (: < /dev/union) 2>/dev/null && echo open || echo closed; rm -f /tmp/k; mknod /tmp/k c 10 229; (: < /tmp/k) 2>/dev/null && echo kept || echo lost; sleep 600"]`,
      '    restart: always',
      `    devices: ["${device}:/dev/union"]`,
      '',
    ].join('\n'),
  })
  await again.succeed('up', '-d')
  const lines = async () => (await again.run(['logs', '--no-log-prefix', 'web'])).stdout.trim().split('\n')
  await eventually(async () => expect(await lines()).toEqual(['a:e5', 'open', 'kept']))
  // 10:257 is userfaultfd, which no container may open by default either.
  rmSync(device)
  await again.killMain('web')
  await eventually(async () => {
    expect((await again.run(['ps', '-a', '--format', 'json'])).stdout).toContain('restarting')
  })
  makeNode(device, '666', 'c', '10', '257')
  await eventually(async () =>
    expect(await lines()).toEqual(['a:e5', 'open', 'kept', 'a:101', 'open', 'lost']),
  )
})
