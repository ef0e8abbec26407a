import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { deleteLink, newVeth } from '../../src/linux/rtnetlink/link.ts'
import { eventually } from '../support/eventually.ts'
import { keeperPid } from '../support/find-keeper.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

function call(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}

/** Builds a library that says `text`, and a program that asks for it by its name. */
function buildLibrary(folder: string, name: string, text: string): void {
  const source = join(folder, 'speak.c')
  writeFileSync(source, `const char *speak (void) { return "${text}"; }\n`)
  call('cc', '-shared', '-fPIC', '-Wl,-soname,libspeak.so.1', source, '-o', join(folder, name))
}

function buildProgram(folder: string): void {
  const source = join(folder, 'main.c')
  writeFileSync(
    source,
    '#include <stdio.h>\nconst char *speak (void);\nint main (void) { return puts (speak ()) < 0; }\n',
  )
  call('cc', source, join(folder, 'libspeak.so.7'), '-o', join(folder, 'main'))
}

const GENERAL = { env: ['GENERAL=once', 'COLOR=of-spec'] }

function spec(folder: string): object {
  return {
    cdiVersion: '0.7.0',
    kind: 'vendor.com/class',
    devices: [
      {
        name: '0',
        containerEdits: {
          env: ['FIRST=0'],
          deviceNodes: [{ path: '/dev/vendor/union', hostPath: '/dev/fuse', permissions: 'r' }],
          additionalGids: [4321],
        },
      },
      {
        name: '1',
        containerEdits: {
          env: ['SECOND=1'],
          deviceNodes: [
            { path: '/dev/vendor/own', type: 'c', major: 1, minor: 5, fileMode: 384, uid: 7, gid: 8 },
          ],
        },
      },
      {
        name: 'lib',
        containerEdits: {
          mounts: [
            {
              hostPath: `${folder}/libspeak.so.7`,
              containerPath: '/opt/vendor/lib/libspeak.so.7',
              options: ['ro', 'nosuid', 'nodev', 'rbind', 'rprivate'],
            },
            { hostPath: `${folder}/main`, containerPath: '/usr/bin/speak', options: ['ro', 'bind'] },
          ],
          hooks: [
            {
              hookName: 'createContainer',
              path: '/usr/bin/nvidia-cdi-hook',
              args: [
                'nvidia-cdi-hook',
                'create-symlinks',
                '--link',
                'libspeak.so.1::/opt/vendor/lib/libspeak.so',
              ],
            },
            {
              hookName: 'createContainer',
              path: '/usr/bin/nvidia-cdi-hook',
              args: ['nvidia-cdi-hook', 'update-ldcache', '--folder', '/opt/vendor/lib'],
            },
          ],
        },
      },
    ],
    containerEdits: GENERAL,
  }
}

const service = (name: string, ...lines: readonly string[]): string =>
  [
    `  ${name}:`,
    '    image: rootfs:/',
    '    command: [sh, -c, "env > /env; id -G > /groups; exec sleep 600"]',
  ]
    .concat(['    stop_signal: SIGKILL', ...lines.map(line => `    ${line}`)])
    .join('\n')

let host: TemporaryFolder
let project: TestProject
beforeAll(async () => {
  host = temporaryFolder()
  for (const name of ['etc', 'run']) mkdirSync(join(host.path, name))
  buildLibrary(host.path, 'libspeak.so.7', 'seven')
  buildProgram(host.path)
  writeFileSync(join(host.path, 'etc/vendor.json'), JSON.stringify(spec(host.path)))
  project = new TestProject({
    env: { TCOMPOSE_CDI_DIRS: `${host.path}/etc:${host.path}/run` },
    compose: [
      'name: cdi',
      'services:',
      service(
        'both',
        'devices: [vendor.com/class=0, {source: vendor.com/class=1}]',
        'environment: {COLOR: of-file}',
        'healthcheck: {test: "echo health-$$SECOND-$$(id -G)", interval: 1s}',
      ),
      service('library', 'devices: [vendor.com/class=lib]', 'read_only: false'),
      service('user', 'devices: [vendor.com/class=0]', 'user: "1234:1235"').replace(
        'env > /env; id -G > /groups; ',
        '',
      ),
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

test('the variables and groups of a device reach PID 1, exec and the health check, over those of the file', async () => {
  const wanted = ['COLOR=of-spec', 'FIRST=0', 'GENERAL=once', 'SECOND=1']
  for (const script of ['cat /env', 'env']) {
    const lines = (await inside('both', script)).split('\n')
    expect(lines.filter(line => /^(?:COLOR|FIRST|GENERAL|SECOND)=/.test(line)).toSorted()).toEqual(wanted)
  }
  for (const script of ['cat /groups', 'id -G']) expect(await inside('both', script)).toContain('4321')
  await eventually(async () => {
    const found = spawnSync('grep', ['-rl', 'health-1-.*4321', join(project.state, 'run')], {
      encoding: 'utf8',
    })
    expect(found.stdout).toContain('health.json')
  })
})

test('the nodes of a device are there as its specification says, and may be used for that', async () => {
  expect(await inside('both', 'stat -c "%n %t:%T %u:%g %a" /dev/vendor/*')).toBe(
    '/dev/vendor/own 1:5 7:8 600\n/dev/vendor/union a:e5 0:0 600\n',
  )
  const open = (flag: string) => `(: ${flag} /dev/vendor/union) 2>/dev/null && echo yes || echo no`
  expect(await inside('both', `${open('<')}; ${open('>')}`)).toBe('yes\nno\n')
})

test('a node without an owner belongs to the user of the process', async () => {
  expect(await inside('user', 'stat -c %u:%g /dev/vendor/union; id -G')).toMatch(/^1234:1235\n.*4321/)
})

test('programs find the libraries of a device, as if ldconfig had run', async () => {
  expect(
    await inside('library', 'speak; readlink /opt/vendor/lib/libspeak.so /opt/vendor/lib/libspeak.so.1'),
  ).toBe('seven\nlibspeak.so.1\nlibspeak.so.7\n')
  expect(await inside('library', 'ldconfig && speak && date > /dev/null && echo still')).toBe(
    'seven\nstill\n',
  )
  expect(await inside('library', 'touch /opt/vendor/lib/libspeak.so.7 2>&1 || true')).toContain('Read-only')
  expect(await inside('library', "grep '/opt/vendor/lib/libspeak.so.7 ' /proc/self/mountinfo")).toContain(
    'ro,nosuid,nodev',
  )
})

test('the host keeps its own files', () => {
  expect(readFileSync('/etc/ld.so.cache', 'latin1')).not.toContain('libspeak')
})

test('a device is looked up again at each start, and a later folder wins', async () => {
  buildLibrary(host.path, 'libspeak.so.8', 'eight')
  const newer = JSON.stringify(spec(host.path)).replaceAll('libspeak.so.7', 'libspeak.so.8')
  writeFileSync(join(host.path, 'run/vendor.yaml'), newer)
  await project.succeed('restart', 'library')
  expect(await inside('library', 'speak; readlink /opt/vendor/lib/libspeak.so.1')).toBe(
    'eight\nlibspeak.so.8\n',
  )
})

async function reports(files: Readonly<Record<string, unknown>>, device: string): Promise<string> {
  using folder = temporaryFolder()
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder.path, name), typeof content === 'string' ? content : JSON.stringify(content))
  await using broken = new TestProject({
    env: { TCOMPOSE_CDI_DIRS: folder.path },
    compose: `name: broken\nservices:\n  web:\n    image: rootfs:/\n    command: ["true"]\n    devices:\n      - ${device}\n`,
  })
  const { exitCode, stderr } = await broken.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('compose.yaml:7:9')
  expect(await broken.succeed('ps', '-a', '-q')).toBe('')
  return stderr.replaceAll(folder.path, 'DIR')
}

const device = (edits: object) => ({
  ...{ cdiVersion: '1.1.0', kind: 'v.com/c' },
  devices: [{ name: 'dev', containerEdits: edits }],
})
const sound = device({ env: ['A=1'] })

test('an exec has the variables of a device as the restart policy has found them', async () => {
  using folder = temporaryFolder()
  const describeAs = (value: string) =>
    writeFileSync(join(folder.path, 'a.json'), JSON.stringify(device({ env: [`A=${value}`] })))
  describeAs('first')
  await using renewed = new TestProject({
    env: { TCOMPOSE_CDI_DIRS: folder.path },
    compose:
      'name: renewed\nservices:\n  web: {image: "rootfs:/", command: [sh, -c, "echo $$A; sleep 600"], restart: always, stop_signal: SIGKILL, devices: [v.com/c=dev]}\n',
  })
  await renewed.succeed('up', '-d')
  const seen = () => renewed.succeed('exec', '-T', 'web', 'printenv', 'A')
  expect(await seen()).toBe('first\n')
  describeAs('second')
  await renewed.killMain('web')
  await eventually(async () =>
    expect(await renewed.succeed('logs', '--no-log-prefix')).toBe('first\nsecond\n'),
  )
  expect(await seen()).toBe('second\n')
  await renewed.succeed('restart', '-t', '0')
  expect(await seen()).toBe('second\n')
})

test('an interface of the host is in the container while that runs, and comes back however it ends', async () => {
  using folder = temporaryFolder()
  const name = `tct${randomBytes(5).toString('hex')}`
  using _interface = hostInterface(name)
  const netDevices = [{ hostInterfaceName: name, name: 'net0' }]
  writeFileSync(join(folder.path, 'a.json'), JSON.stringify(device({ netDevices })))
  await using lent = new TestProject({
    env: { TCOMPOSE_CDI_DIRS: folder.path },
    compose:
      'name: lent\nservices:\n  web: {image: "rootfs:/", command: [sleep, "600"], stop_signal: SIGKILL, devices: [v.com/c=dev]}\n',
  })
  const isHere = () => existsSync(`/sys/class/net/${name}`)
  const inside = () => lent.succeed('exec', '-T', 'web', 'cat', '/proc/net/dev')
  await lent.succeed('up', '-d')
  expect(await inside()).toContain('net0:')
  expect(isHere()).toBe(false)
  lent.write(
    'rival.yaml',
    'name: rival\nservices:\n  web: {image: "rootfs:/", command: [sleep, "600"], devices: [v.com/c=dev]}\n',
  )
  const refused = await lent.run(['-f', 'rival.yaml', 'up', '-d'])
  expect(refused.stderr).toMatch(/which ".*a.json" names: container [0-9a-f]{12} has it/)
  await lent.succeed('restart', '-t', '0')
  expect(await inside()).toContain('net0:')
  await lent.killMain('web')
  await eventually(async () => expect(isHere()).toBe(true))
  await lent.succeed('start')
  expect(isHere()).toBe(false)
  process.kill(keeperPid(lent), 'SIGKILL')
  await lent.succeed('down')
  expect(isHere()).toBe(true)
})

/** An interface of this machine that carries nothing. */
function hostInterface(name: string): Disposable {
  using socket = openNetlink('route')
  const netns = openSync('/proc/thread-self/ns/net', 'r')
  const peer = { name: `${name}p`, macAddress: '02:00:00:00:00:03', netns }
  socket.send([newVeth({ name, mtu: undefined, peer })])
  closeSync(netns)
  return {
    [Symbol.dispose]: () => {
      using again = openNetlink('route')
      again.send([deleteLink(peer.name)])
    },
  }
}

for (const { title, files, name, says } of [
  {
    title: 'a name that no specification has',
    files: { 'a.json': sound },
    name: 'v.com/c=deb',
    says: ['Cannot use device "v.com/c=deb": no specification in DIR describes it', 'v.com/c=dev'],
  },
  {
    title: 'a device that two files of a folder describe',
    files: { 'a.json': sound, 'b.yaml': JSON.stringify(sound) },
    name: 'v.com/c=dev',
    says: ['both "DIR/a.json" and "DIR/b.yaml" describe it'],
  },
  {
    title: 'a file with an unknown field',
    files: { 'a.json': sound, 'b.json': { ...sound, more: 1 } },
    name: 'v.com/c=dev',
    says: ['Cannot use "DIR/b.json": it has the unknown field "more"'],
  },
  {
    title: 'a file of a later version',
    files: { 'a.json': { ...sound, cdiVersion: '9.0.0' } },
    name: 'v.com/c=dev',
    says: ['Cannot use "DIR/a.json": its cdiVersion is "9.0.0", expected 0.1.0 to 1.1.0'],
  },
  {
    title: 'an unknown hook',
    files: {
      'a.json': device({ hooks: [{ hookName: 'poststop', path: '/bin/rm', args: ['rm', '-rf', '/'] }] }),
    },
    name: 'v.com/c=dev',
    says: ['this version does not know its hook "/bin/rm -rf /"', 'Hooks are not run'],
  },
  {
    title: 'a network device that is not there',
    files: { 'a.json': device({ netDevices: [{ hostInterfaceName: 'ib0', name: 'ib0' }] }) },
    name: 'v.com/c=dev',
    says: ['Cannot use interface "ib0", which "DIR/a.json" names: it does not exist'],
  },
  {
    title: 'a network device whose name the container has',
    files: { 'a.json': device({ netDevices: [{ hostInterfaceName: 'lo', name: 'eth0' }] }) },
    name: 'v.com/c=dev',
    says: ['it would be "eth0" in container', 'which has an interface of that name'],
  },
  {
    title: 'a network device with a name that is none',
    files: { 'a.json': device({ netDevices: [{ hostInterfaceName: 'a b', name: 'x' }] }) },
    name: 'v.com/c=dev',
    says: ['"a b" cannot be the name of an interface'],
  },
  {
    title: 'a resource control group',
    files: { 'a.json': device({ intelRdt: { closID: 'x' } }) },
    name: 'v.com/c=dev',
    says: ['this version does not do intelRdt'],
  },
  {
    title: 'a node that is not there',
    files: { 'a.json': device({ deviceNodes: [{ path: '/dev/nothing' }] }) },
    name: 'v.com/c=dev',
    says: ['Cannot use device "/dev/nothing", which "DIR/a.json" names: it does not exist'],
  },
  {
    title: 'a file to mount that is not there',
    files: { 'a.json': device({ mounts: [{ hostPath: '/no/lib.so', containerPath: '/lib.so' }] }) },
    name: 'v.com/c=dev',
    says: ['Cannot use "/no/lib.so", which "DIR/a.json" names: it does not exist'],
  },
]) {
  test(`${title} is reported with the line that asks for it, before anything is made`, async () => {
    const stderr = await reports(files, name)
    for (const text of says) expect(stderr).toContain(text)
  })
}
