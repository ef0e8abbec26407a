import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const part = (name: string, rest: string) => `  ${name}:
    image: rootfs:/
    stop_signal: SIGKILL
    network_mode: none
${rest}`
const COMPOSE = `name: shares
services:
${part('owner', '    command: [sleep, "1001"]\n    ipc: shareable\n    shm_size: 3m\n    restart: always\n')}
${part('peer', '    command: [sleep, "1002"]\n    pid: service:owner\n    ipc: service:owner\n    user: "1234"\n    restart: always\n    healthcheck: {test: [CMD, pgrep, -f, "sleep 1001"], interval: 100ms, retries: 50}\n')}
${part('terminal', '    command: [sh, -c, "tty; exec sleep 1003"]\n    pid: service:owner\n    tty: true\n')}
${part('host', '    command: [sleep, "1004"]\n    pid: host\n    ipc: host\n    uts: host\n    cgroup: host\n    userns_mode: host\n')}
${part('reader', '    command: [sleep, "1007"]\n    ipc: service:owner\n')}
${part('none', '    command: [sleep, "1005"]\n    ipc: none\n')}
${part('leaver', '    command: [sh, -c, "sleep 1006 & exit 3"]\n    pid: service:owner\n')}
`
const OTHER = `name: shares-other
services:
${part('guest', '    command: [sleep, "1010"]\n    pid: container:shares-owner-1\n    ipc: container:shares-owner-1\n')}
`
const CLOSED = `name: shares-closed
services:
${part('guest', '    command: [sleep, "1011"]\n    ipc: container:shares-none-1\n    pid: container:shares-gone-1\n')}
`

let project: TestProject
beforeAll(async () => {
  project = new TestProject({ compose: COMPOSE, files: { 'other.yaml': OTHER, 'closed.yaml': CLOSED } })
  await project.succeed('up', '-d')
})
afterAll(async () => {
  await project.run(['-f', 'other.yaml', 'down'])
  await project[Symbol.asyncDispose]()
})

function inside(service: string, script: string): Promise<string> {
  return project.succeed('exec', '-T', service, 'sh', '-c', script)
}

test('pid: service:NAME shows both the processes of the other, whichever asks', async () => {
  for (const service of ['owner', 'peer', 'terminal'])
    for (const command of ['sleep 1001', 'sleep 1002', 'sleep 1003'])
      expect(await inside(service, `pgrep -f "^${command}"`)).toMatch(/^\d+\n$/)
  expect(await inside('peer', 'cat /proc/1/cmdline | tr "\\0" " "')).toBe('sleep 1001 ')
  expect(await inside('peer', 'ls -l /proc/$(pgrep -f "^sleep 1002")/fd/1')).toContain('pipe:')
})

test('a container in the PID namespace of another has a root, a user and paths of its own', async () => {
  const main = '/proc/$(pgrep -f "^sleep 1002")'
  expect(await inside('owner', `grep -E "^(Uid|CapEff|Seccomp):" ${main}/status | tr -s "\\t" " "`)).toBe(
    'Uid: 1234 1234 1234 1234\nCapEff: 0000000000000000\nSeccomp: 2\n',
  )
  expect(await inside('peer', 'echo 1 > /proc/sys/kernel/panic || echo refused')).toContain('refused')
})

test('a terminal and a health check work in a PID namespace that is shared', async () => {
  expect(await project.succeed('logs', '--no-log-prefix', 'terminal')).toContain('/dev/pts/0')
  expect(await inside('terminal', 'ps -o tty= -p "$(pgrep -f "^sleep 1003")"')).toBe('pts/0\n')
  await eventually(async () =>
    expect(JSON.parse(await project.succeed('ps', 'peer', '--format', 'json')).Health).toBe('healthy'),
  )
})

test('ipc: service:NAME shares memory of both kinds, and its size', async () => {
  await inside('owner', 'echo kept > /dev/shm/note; chmod 666 /dev/shm/note; ipcmk -Q >/dev/null')
  expect(await inside('peer', 'cat /dev/shm/note; df -k /dev/shm | tail -1')).toMatch(/^kept\ntmpfs\s+3072\s/)
  for (const service of ['peer', 'reader'])
    expect(await inside(service, 'ipcs -q; cat /dev/shm/note')).toBe(
      await inside('owner', 'ipcs -q; cat /dev/shm/note'),
    )
  expect(await inside('none', 'ipcs -q | grep -c 0x || true')).toBe('0\n')
})

test('ipc: none leaves no memory to share', async () => {
  expect(await inside('none', 'test -e /dev/shm && ls /dev/shm || echo missing')).toBe('missing\n')
})

test('pid, ipc, uts and cgroup: host are those of the host', async () => {
  const links = 'for n in pid ipc uts cgroup; do readlink /proc/self/ns/$n; done'
  const own = ['pid', 'ipc', 'uts', 'cgroup'].map(name => `${namespaceOf(name)}\n`).join('')
  expect(await inside('host', links)).toBe(own)
  expect(await inside('host', 'uname -n; cat /etc/hostname')).toBe(`${hostname()}\n${hostname()}\n`)
  expect(await inside('host', 'cat /proc/self/cgroup')).toContain('/tcompose/')
  expect(await inside('owner', 'cat /proc/self/cgroup')).not.toContain('/tcompose/')
})

test('what a container leaves in a PID namespace that is not its own ends with it', async () => {
  await eventually(async () => {
    const { State, ExitCode } = JSON.parse(await project.succeed('ps', '-a', 'leaver', '--format', 'json'))
    expect([State, ExitCode]).toEqual(['exited', 3])
    expect(await inside('owner', 'pgrep -fc "^sleep 1006" || true')).toBe('0\n')
  })
})

test('top shows the processes of the container alone', async () => {
  const shown = await project.succeed('top', 'peer')
  expect(shown).toContain('sleep 1002')
  expect(shown).not.toMatch(/\d +sleep 1001/)
})

test('a container that shares the namespace of one that is killed starts again in the new one', async () => {
  const before = await mainPid('peer')
  process.kill(await mainPid('owner'), 'SIGKILL')
  await eventually(async () => {
    expect(await mainPid('peer')).not.toBe(before)
    expect(await inside('peer', 'pgrep -f "^sleep 1001"')).toBe('1\n')
  })
})

test('container:NAME joins a running container of another project', async () => {
  await project.succeed('-f', 'other.yaml', 'up', '-d')
  const seen = await project.succeed('-f', 'other.yaml', 'exec', '-T', 'guest', 'pgrep', '-f', '^sleep 1001')
  expect(seen).toMatch(/^\d+\n$/)
  const plan = await project.run(['-f', 'other.yaml', 'plan', '--detailed-exitcode'])
  expect(plan.exitCode).toBe(0)
  await project.succeed('-f', 'other.yaml', 'down')
})

test('container:NAME is an error before anything is made where it cannot be joined', async () => {
  const { exitCode, stderr } = await project.run(['-f', 'closed.yaml', 'up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot join the PID namespace of container "shares-gone-1" in service "guest"')
  expect(stderr).toContain('Cannot join the IPC namespace of container "shares-none-1" in service "guest"')
  expect(stderr).toContain('closed.yaml:9:10')
  expect(stderr).toContain('Nothing was changed')
})

test('a service whose namespaces others have restarts with them', async () => {
  await project.succeed('restart', 'owner')
  expect(await inside('peer', 'readlink /proc/self/ns/pid')).toBe(
    await inside('owner', 'readlink /proc/self/ns/pid'),
  )
})

function namespaceOf(name: string): string {
  return readlinkSync(`/proc/self/ns/${name}`)
}

async function mainPid(service: string): Promise<number> {
  const id = (await project.succeed('ps', '-q', service)).trim()
  return Number.parseInt(
    readFileSync(join(project.state, 'run/projects/shares/containers', id, 'pid'), 'utf8'),
    10,
  )
}
