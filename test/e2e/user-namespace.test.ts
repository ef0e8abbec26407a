import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const RANGE = 'tcompose:1500000256:196608\n'
const FIRST = 1_500_000_256

const compose = `name: users
services:
  web:
    image: rootfs:/
    command: [sh, -c, "id -u > /data/started; trap 'exit 1' USR1; while :; do sleep 1000 & wait $$!; done"]
    userns_mode: auto
    init: true
    restart: on-failure
    mem_limit: 64m
    pids_limit: 90
    stop_signal: SIGKILL
    volumes: ["data:/data", "./bound:/bound", "/anonymous"]
    tmpfs: ["/memory:uid=33,mode=700"]
    secrets: [{ source: token, uid: "33", mode: 0400 }]
    healthcheck: { test: "id -u > /data/healthy", interval: 1s }
    sysctls: { net.core.somaxconn: 77 }
    cap_add: [SYS_ADMIN, NET_ADMIN]
    security_opt: [seccomp=unconfined]
  plain:
    image: rootfs:/
    command: [sh, -c, "stat -c %u /dev/console; cat /proc/self/uid_map; sleep 1000"]
    userns_mode: auto:size=2000
    user: "33:33"
    tty: true
    read_only: true
    stop_signal: SIGKILL
    network_mode: none
volumes: { data: {} }
secrets: { token: { environment: TOKEN } }
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({
    compose,
    files: { 'bound/of-root': '', 'ids/subuid': RANGE, 'ids/subgid': RANGE },
    env: { TOKEN: 'secret', TCOMPOSE_SUBID_DIR: 'ids' },
  })
  await project.succeed('up', '-d', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

function inside(script: string, ...options: readonly string[]): Promise<string> {
  return project.succeed('exec', '-T', ...options, 'web', 'sh', '-c', `(${script}) 2>&1 || true`)
}

/** The folder of the only container of a service. */
function pidOf(service: string): string {
  const containers = join(project.state, 'run/projects/users/containers')
  const found = readdirSync(containers).find(id =>
    readFileSync(join(containers, id, 'live.json'), 'utf8').includes(`"service":"${service}"`),
  )
  return readFileSync(join(containers, found ?? '', 'pid'), 'utf8').split(' ')[0] ?? ''
}

test('root of a container with a user namespace is a user of the host that no other container has', async () => {
  const owners = ['web', 'plain'].map(service => statSync(`/proc/${pidOf(service)}`).uid)
  expect(owners.map(uid => Math.floor((uid - FIRST) / 65_536)).sort()).toEqual([0, 1])
  expect(await inside('cat /proc/self/uid_map')).toMatch(/^ +0 +15000\d+ +65536\n$/)
  expect(await project.succeed('logs', '--no-log-prefix', 'plain')).toMatch(/^33\n +0 +15000\d+ +2000\n$/)
})

test('files of the image, of volumes and in memory belong to the users of the namespace, as they are on disk', async () => {
  const script = 'touch /made /data/made /anonymous/made; chown 33 /data/made; stat -c %u /made /data/made'
  expect(await inside(script)).toBe('0\n33\n')
  const [volume = ''] = readdirSync(join(project.state, 'data/volumes')).filter(name =>
    name.startsWith('users_'),
  )
  expect(statSync(join(project.state, 'data/volumes', volume, '_data/made')).uid).toBe(33)
  expect(
    await inside('stat -c %u / /etc/passwd /etc/hosts /dev /dev/null /dev/shm /memory /run/secrets/token'),
  ).toBe('0\n0\n0\n0\n0\n0\n33\n33\n')
  expect(await inside('echo more >> /etc/passwd; mv /etc/group /moved; tail -1 /etc/passwd; ls /moved')).toBe(
    'more\n/moved\n',
  )
})

test('bind mounts show the owners that the host has', async () => {
  const { uid } = statSync(`/proc/${pidOf('web')}`)
  chownSync(join(project.folder, 'bound'), uid + 33, uid + 33)
  expect(await inside('stat -c %u /bound /bound/of-root; touch /bound/x; chown 0 /bound/of-root')).toMatch(
    /^33\n65534\nchown: .*Operation not permitted\n$/,
  )
  expect(statSync(join(project.folder, 'bound/x')).uid).toBe(uid)
})

test('capabilities hold in the user namespace alone, whatever the filter lets through', async () => {
  const tries = ['mount -t tmpfs x /mnt', 'hostname x', 'mknod /dev/x c 1 3']
  for (const attempt of tries) expect(await inside(`${attempt} && echo done`)).not.toContain('done')
  expect(await inside('cat /proc/1/status | grep CapBnd; grep CapBnd /proc/self/status')).toMatch(
    /^(CapBnd:.*\n)\1$/,
  )
  expect(await inside('cat /proc/sys/net/core/somaxconn')).toBe('77\n')
})

test('the network belongs to the user namespace, so capabilities over it hold', async () => {
  const change = 'ip link add own type bridge && ip link show own | grep -c own; ip link del own'
  expect(await inside(change)).toBe('1\n')
  expect(await inside('stat -c %u:%g /proc/sys/net/ipv4/ip_forward')).toBe('0:0\n')
  const plain = 'ip link set lo down 2>&1; stat -c %u /proc/sys/net/ipv4/ip_forward'
  expect(await project.succeed('exec', '-T', '-u', '0', 'plain', 'sh', '-c', plain)).toMatch(
    /^.*Operation not permitted\n0\n$/,
  )
})

test('limits hold for a container with a user namespace, whose users cannot change them', async () => {
  const read = 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null'
  expect(await inside(read)).toBe('67108864\n')
  const write =
    'for f in $(find /sys/fs/cgroup -name "pids.max" -o -name "memory.max"); do echo max > $f && echo wrote; done'
  expect(await inside(`mount -o remount,rw /sys/fs/cgroup; ${write}`)).not.toMatch(/^wrote$/m)
})

test('exec and health checks are in the user namespace, as the user that they name', async () => {
  expect(await inside('id -u; readlink /proc/self/ns/user; readlink /proc/1/ns/user', '-u', '33')).toMatch(
    /^33\nuser:\[\d+\]\n/,
  )
  expect(
    await inside('[ "$(readlink /proc/self/ns/user)" = "$(readlink /proc/1/ns/user)" ] && echo same'),
  ).toBe('same\n')
  expect(await inside('echo own > /dev/stdout', '-u', '33')).toBe('own\n')
  expect(await inside('cat /data/healthy')).toBe('0\n')
})

test('a container that ends is started again with the same ids', async () => {
  const before = pidOf('web')
  const { uid } = statSync(`/proc/${before}`)
  // The container ends at once, and what is executed in it too.
  const script = 'rm /data/started; kill -USR1 $(pgrep -f -o "id -u > /data/started" | tail -1)'
  await project.run(['exec', '-T', 'web', 'sh', '-c', script])
  await eventually(async () => expect(await inside('cat /data/started')).toBe('0\n'))
  expect(pidOf('web')).not.toBe(before)
  expect(statSync(`/proc/${pidOf('web')}`).uid).toBe(uid)
  expect(await inside('ip link set lo down && ip link set lo up && echo set')).toBe('set\n')
})

test('cp takes files out of a container that runs, and brings them into one that does not', async () => {
  project.write('note', 'from the host\n')
  const { exitCode, stderr } = await project.run(['cp', 'note', 'plain:/note'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot copy into container users-plain-1: it runs in a user namespace of its own')
  const exported = await project.run(['export', '-o', 'all.tar', 'plain'])
  expect(exported.stderr).toContain('Cannot export container users-plain-1')
  await project.succeed('cp', 'web:/made', 'taken')
  expect(statSync(join(project.folder, 'taken')).uid).toBe(process.getuid?.())
  await project.succeed('stop', 'web')
  await project.succeed('cp', 'note', 'web:/note')
  await project.succeed('start', 'web')
  expect(await inside('stat -c %u /note; cat /note')).toBe('0\nfrom the host\n')
})

test('the ids are given back with the container, and other containers get those that are free', async () => {
  const owners = join(project.state, 'data/owners')
  expect(readdirSync(owners)).toHaveLength(2)
  await project.succeed('up', '-d', '--force-recreate', 'plain')
  expect(readdirSync(owners)).toHaveLength(2)
  await project.succeed('down', '-v')
  expect(readdirSync(owners)).toEqual([])
})

test('up without ids for containers, or without enough, is an error before anything is made', async () => {
  writeFileSync(join(project.folder, 'ids/subgid'), '')
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot give service "web" a user namespace: "tcompose" has no 65536 ids')
  expect(stderr).toContain('Add the line "tcompose:')
  expect(stderr).toContain('Nothing was changed')
  mkdirSync(join(project.folder, 'ids'), { recursive: true })
  writeFileSync(join(project.folder, 'ids/subgid'), 'tcompose:1500000256:65536\n')
  const short = await project.run(['up', '-d', '--no-start'])
  expect(short.stderr).toContain('other containers have all ids of "tcompose"')
  expect(existsSync(join(project.state, 'data/owners'))).toBe(true)
  await project.succeed('down', '-v')
})

const kept = (mode: string, more = '') => `name: kept
services:
  web:
    image: rootfs:/
    command: [sh, -c, "id -u; id -g; touch /bound/made; stat -c %u /bound/mine /; sleep 1000"]
    userns_mode: ${mode}
    stop_signal: SIGKILL
    network_mode: none
    volumes: ["./bound:/bound"]
${more}`

const SUDO = { SUDO_UID: '4242', SUDO_GID: '4343' }

function keptProject(mode: string, env: Readonly<Record<string, string>>): TestProject {
  const found = new TestProject({
    compose: kept(mode),
    files: { 'bound/mine': '', 'ids/subuid': RANGE, 'ids/subgid': RANGE },
    env: { TCOMPOSE_SUBID_DIR: 'ids', SUDO_UID: '', ...env },
  })
  for (const name of ['bound', 'bound/mine']) chownSync(join(found.folder, name), 4242, 4343)
  return found
}

test.for([
  ['keep-id', '4242\n4343\n4242\n0\n'],
  ['keep-id:uid=33,gid=0', '33\n0\n33\n0\n'],
  ['keep-id:uid=0', '0\n4343\n0\n0\n'],
])('with %s a container runs as who called, whose files are theirs', async ([mode = '', seen = '']) => {
  await using keeping = keptProject(mode, SUDO)
  await keeping.succeed('up', '-d')
  await eventually(async () => expect(await keeping.succeed('logs', '--no-log-prefix', 'web')).toBe(seen))
  const { uid, gid } = statSync(join(keeping.folder, 'bound/made'))
  expect([uid, gid]).toEqual([4242, 4343])
  expect((await keeping.succeed('exec', '-T', 'web', 'id', '-u')).trim()).toBe(seen.split('\n')[0])
  expect(await keeping.succeed('up', '-d')).not.toContain('Recreate')
  const [id = ''] = (await keeping.succeed('ps', '-q', 'web')).split('\n')
  const other = await keeping.run(['plan'], { env: { SUDO_UID: '4244' } })
  expect(other.stdout).toContain('userns_mode')
  expect(id).not.toBe('')
})

test('keep-id without a caller is told with its line, and nomap is a namespace without one', async () => {
  await using nobody = keptProject('keep-id', {})
  const refused = await nobody.run(['up', '-d'])
  expect(refused.stderr).toContain('Cannot keep the ids of the calling user in service "web"')
  expect(refused.stderr).toContain('compose.yaml:6:')
  await using without = keptProject('nomap', SUDO)
  await without.succeed('up', '-d')
  const mapped = await without.succeed('exec', '-T', 'web', 'cat', '/proc/self/uid_map')
  expect(mapped).toMatch(/^ +0 +15000\d+ +65536\n$/)
})
