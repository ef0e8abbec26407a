import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { imageRootfs } from '../support/parts/image-rootfs.ts'
import { runTool } from '../support/parts/run-tool.ts'
import { TestProject } from '../support/test-project.ts'

/** Attacks of published advisories on what runs, each with something harmless in place of the host's. */

const KEEPER = resolve(import.meta.dirname, '../../dist/native/keeper')

const compose = `name: advisories
services:
  web:
    image: rootfs:/
    command: [sleep, "1001"]
    init: true
    stop_signal: SIGKILL
    healthcheck: { test: "grep -h CapInh /proc/self/status > /health", interval: 1s }
    environment: { USER: "a\\nroot2::0:0::/:/bin/sh", LOGNAME: "root2::0:0::/:/bin/sh" }
  victim:
    image: rootfs:/
    command: [sh, -c, "echo of-victim > /v/dir/inner/file; sleep 1002"]
    stop_signal: SIGKILL
    network_mode: none
    volumes: ["shared:/v", "inner:/v/dir/inner"]
  swapper:
    image: rootfs:/
    command: [sh, -c, "cd /v; mkdir -p dir; ln -s MARKER link; while :; do mv -T dir kept; mv -T link dir; mv -T dir link; mv -T kept dir; done"]
    stop_signal: SIGKILL
    network_mode: none
    volumes: ["shared:/v"]
volumes: { shared: {}, inner: {} }
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: '', files: { 'marker/inner/file': 'of the host\n' } })
  project.write('compose.yaml', compose.replace('MARKER', join(project.folder, 'marker')))
  await project.succeed('up', '-d', 'web', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

function inside(script: string, ...options: readonly string[]): Promise<string> {
  return project.succeed('exec', '-T', ...options, 'web', 'sh', '-c', `(${script}) 2>&1 || true`)
}

test('CVE-2019-5736: a program that is /proc/self/exe finds no file of the host to overwrite', async () => {
  const hash = () => createHash('sha256').update(readFileSync(KEEPER)).digest('hex')
  const before = hash()
  await inside('printf "#!/proc/self/exe\\n" > /evil; chmod +x /evil')
  // What is held open of a program that is none of the image's is written to once its process has ended.
  const attack = inside(`while [ ! -e /stop ]; do
    for p in /proc/[0-9]*; do
      case "$(readlink $p/exe)" in /usr/*|"") continue;; esac
      exec 3< $p/exe && : > /held && (: > /proc/self/fd/3) 2>/dev/null && echo wrote
    done
  done`)
  for (let count = 0; count < 8; count += 1) await project.run(['exec', '-T', 'web', '/evil'])
  await eventually(async () => expect(await inside('ls /held')).toBe('/held\n'))
  await inside(': > /stop')
  expect(await attack).not.toContain('wrote')
  expect(hash()).toBe(before)
  expect(await inside('echo alive')).toBe('alive\n')
})

test('CVE-2024-21626: no working folder below /proc/self/fd leads to the host', async () => {
  const marker = join(project.folder, 'marker/inner/file').slice(1)
  await inside('mkdir -p /up')
  for (let fd = 3; fd < 16; fd += 1) {
    const script = `cat ${'../'.repeat(8)}${marker}`
    const { stdout } = await project.run([
      'exec',
      '-T',
      '-w',
      `/proc/self/fd/${fd}`,
      'web',
      'sh',
      '-c',
      script,
    ])
    expect(stdout).not.toContain('of the host')
  }
})

test('CVE-2022-0492: a container can name no release agent, nor mount a hierarchy that has one', async () => {
  const marker = join(project.folder, 'marker/agent')
  const script = `for f in $(find /sys/fs/cgroup -name release_agent -o -name notify_on_release); do echo ${marker} > $f && echo wrote; done; mkdir /cg; mount -t cgroup -o pids x /cg && echo mounted; unshare -UrmC true && echo unshared`
  expect(await inside(script)).not.toMatch(/^(wrote|mounted|unshared)$/m)
})

test('CVE-2020-15257: a container reaches no abstract socket of the host, and tcompose has none', async () => {
  const name = `tcompose-advisory-${process.pid}`
  const server = createServer().listen(`\0${name}`)
  try {
    await new Promise(done => server.once('listening', done))
    expect(readFileSync('/proc/net/unix', 'utf8')).toContain(`@${name}`)
    expect(await inside('cat /proc/net/unix')).not.toContain('@')
    const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n')
    expect(sockets.filter(line => line.includes(' @') && line.includes(project.state))).toEqual([])
  } finally {
    server.close()
  }
})

test('CVE-2022-24769, CVE-2022-29162: exec and health checks start without inheritable capabilities', async () => {
  const none = 'CapInh:\t0000000000000000\n'
  expect(await inside('grep CapInh /proc/self/status')).toBe(none)
  expect(await inside('grep CapInh /proc/self/status', '-u', '1000')).toBe(none)
  expect(await inside('cat /health')).toBe(none)
})

test('CVE-2018-10856, CVE-2021-20188: a user other than root has no capability', async () => {
  const none = 'CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n'
  expect(await inside('grep -E "CapPrm|CapEff" /proc/self/status', '-u', '1000')).toBe(none)
  const options = ['exec', '-T', '--privileged', '-u', '1000', 'web', 'grep', '-E', 'CapPrm|CapEff']
  expect(await project.succeed(...options, '/proc/self/status')).toBe(none)
})

test('CVE-2022-36109: a group that is denied something cannot be given up', async () => {
  await inside('echo denied > /note; chown 0:4242 /note; chmod 604 /note')
  expect(await inside('id -G; cat /note', '-u', '4000:4242')).toMatch(/^4242\ncat: .*Permission denied\n$/)
})

test('CVE-2016-3697, CVE-2024-40635: a user that is a number is that number, and no account of the image', async () => {
  await inside("echo '4300:x:0:0::/:/bin/sh' >> /etc/passwd")
  expect(await inside('id -u', '-u', '4300')).toBe('4300\n')
  const { exitCode, stdout } = await project.run(['exec', '-T', '-u', '4294967296', 'web', 'id', '-u'])
  expect([exitCode, stdout]).not.toEqual([0, '0\n'])
  expect(exitCode).not.toBe(0)
})

test('CVE-2022-4318: a line break in a variable makes no account', async () => {
  expect(await inside('cat /etc/passwd')).not.toContain('root2')
})

test('CVE-2021-30465, CVE-2024-45310: a folder that is swapped for a link leads no mount to the host', async () => {
  await project.run(['up', '-d', 'swapper'])
  const codes = new Set<number | null>()
  for (let round = 0; round < 12; round += 1)
    codes.add((await project.run(['up', '-d', '--force-recreate', 'victim'])).exitCode)
  expect(codes).toContain(0)
  await project.succeed('rm', '-sf', 'swapper', 'victim')
  expect(readFileSync(join(project.folder, 'marker/inner/file'), 'utf8')).toBe('of the host\n')
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
  expect(mounts).not.toContain(join(project.folder, 'marker'))
})

test('CVE-2018-20699: a large number in cpuset is refused', async () => {
  await using other = new TestProject({
    compose:
      'name: large\nservices: { web: { image: "rootfs:/", command: [sleep, "1005"], cpuset: "0-99999999999" } }\n',
  })
  const { exitCode, stderr } = await other.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('web')
})

test('CVE-2022-0811: the value of a sysctl sets no other parameter', async () => {
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8')
  await using other = new TestProject({
    compose: `name: injected
services:
  web:
    image: rootfs:/
    command: [sleep, "1003"]
    stop_signal: SIGKILL
    sysctls: { kernel.shm_rmid_forced: "1+kernel.core_pattern=|/marker #" }
`,
  })
  const { exitCode } = await other.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(pattern)
})

/** What an image has a link in place of, and whether its containers run all the same. */
const LINKS = [
  { path: 'none', runs: true },
  { path: 'etc/hosts', runs: true },
  { path: 'etc/mtab', runs: true },
  { path: 'dev/null', runs: true },
  { path: 'dev/console', runs: true },
  { path: 'dev/pts', runs: true },
  { path: 'dev', runs: true },
  { path: 'proc', runs: false },
  { path: 'sys', runs: false },
] as const

for (const { path, runs } of LINKS) {
  test(`CVE-2019-18837, CVE-2019-19921, CVE-2024-5154, CVE-2025-31133, CVE-2025-52565: a link of an image at /${path} leads nothing to the host`, async ({
    skip,
  }) => {
    const busybox = await imageRootfs('busybox')
    if (busybox.kind === 'missing') return skip(busybox.reason)
    await using other = new TestProject({ compose: LINKED, files: { marker: 'of the host\n' } })
    const [image, marker] = [join(other.folder, 'image'), join(other.folder, 'marker')]
    await runTool('cp', ['-a', busybox.dir, image])
    rmSync(join(image, path), { recursive: true, force: true })
    mkdirSync(join(image, path, '..'), { recursive: true })
    symlinkSync(`${'../'.repeat(12)}${marker.slice(1)}`, join(image, path))
    expect((await other.run(['up', '-d'])).exitCode).toBe(runs ? 0 : 1)
    await other.succeed('down')
    expect(readFileSync(marker, 'utf8')).toBe('of the host\n')
  })
}

const LINKED = `name: links
services:
  web:
    image: rootfs:./image
    tty: true
    command: [sh, -c, "echo in > /dev/null; echo in > /etc/hosts; cat /proc/kcore /proc/keys; sleep 1004"]
    stop_signal: SIGKILL
`

test('CVE-2021-41091: another user of the host enters neither data nor state', async () => {
  for (const folder of ['data', 'run']) {
    const attempt = runTool('setpriv', [
      '--reuid=1000',
      '--regid=1000',
      '--clear-groups',
      'ls',
      join(project.state, folder),
    ])
    await expect(attempt).rejects.toThrow('Permission denied')
  }
})
