import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { eventually, GuestProject, ifBuilt } from './guest-project.ts'
import type { Check } from './main.ts'

const MEBIBYTE = 2 ** 20

/** OCI runtimes from PATH, in control groups of version 2. */
export const ociRuntimeChecks: readonly Check[] = ['runc', 'crun', 'runsc'].map(runtime => ({
  title: `${runtime} runs services within limits and devices of control groups of version 2`,
  run: () => (isThere(runtime) ? ifBuilt(() => runsServices(runtime))() : `the disk has no ${runtime}`),
}))

function isThere(program: string): boolean {
  return ['/usr/sbin', '/usr/bin'].some(folder => existsSync(`${folder}/${program}`))
}

const compose = (runtime: string) => `
name: oci-${runtime}
services:
  web:
    image: rootfs:/
    runtime: ${runtime}
    hostname: named
    mem_limit: 256m
    pids_limit: 300
    cpus: 0.9
    volumes: ["data:/data"]
    stop_grace_period: 30s
    healthcheck: {test: [CMD, test, -f, /data/index.html], interval: 2s, timeout: 30s, start_period: 60s}
    command: [sh, -c, "trap 'echo ending; exit 7' TERM; hostname; echo page > /data/index.html;
      httpd -p 80 -h /data; while :; do sleep 0.2; done"]
  once: {image: "rootfs:/", runtime: ${runtime}, user: "33:34", command: [sh, -c, "id; exit 5"]}
  client:
    image: rootfs:/
    depends_on: {web: {condition: service_healthy}}
    command: [wget, -qO-, "http://web"]
volumes: {data: {}}
`

function runsServices(runtime: string): void {
  const project = new GuestProject(`oci-${runtime}`, compose(runtime))
  const logOf = (service: string) => project.succeed('logs', '--no-log-prefix', service)
  project.succeed('up', '-d')
  try {
    eventually(() => assert.equal(logOf('client'), 'page\n'))
    eventually(() => assert.match(project.succeed('ps', '-a', 'once'), /Exited \(5\)/))
    assert.equal(logOf('once'), 'uid=33 gid=34 groups=34\n')
    holdsLimits(runtime, project)
    const script = 'id -u; echo $A; exit 4'
    const exec = project.run('exec', '-T', '-u', '12:13', '-e', 'A=b', 'web', 'sh', '-c', script)
    assert.deepEqual([exec.status, exec.stdout], [4, '12\nb\n'], exec.stderr)
    pauses(project)
    project.succeed('stop', 'web')
    assert.match(project.succeed('ps', '-a', 'web'), /Exited \(7\)/)
    assert.equal(logOf('web'), 'named\nending\n')
  } finally {
    project.succeed('down', '-v', '-t', '1')
  }
  assert.deepEqual(globSync(`/sys/fs/cgroup/**/*oci-${runtime}*`), [])
}

/** Every process of the container is in the group that tcompose made, whose device program holds for them. */
function holdsLimits(runtime: string, project: GuestProject): void {
  const [file = ''] = globSync('/sys/fs/cgroup/**/memory.max').filter(
    path => readFileSync(path, 'utf8') === `${256 * MEBIBYTE}\n`,
  )
  const group = dirname(file)
  assert.equal(readFileSync(`${group}/cpu.max`, 'utf8'), '90000 100000\n')
  assert.equal(readFileSync(`${group}/pids.max`, 'utf8'), '300\n')
  const pids = readFileSync(`${group}/cgroup.procs`, 'utf8').trim().split('\n')
  const commands = pids.map(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  assert.ok(
    commands.some(command => command.startsWith(runtime === 'runsc' ? 'runsc-sandbox' : 'sh\0-c')),
    commands.join(' '),
  )
  if (runtime === 'runsc') return
  const script = [
    ...['cat /proc/self/cgroup', 'cat /sys/fs/cgroup/memory.max', 'mkdir /sys/fs/cgroup/own'],
    ...['head -c 1 /dev/zero | wc -c', 'mknod /log c 1 11', 'head -c 1 /log'],
  ].join('; ')
  assert.deepEqual(project.inside('web', script).split('\n'), [
    ...[
      '0::/',
      `${256 * MEBIBYTE}`,
      "mkdir: can't create directory '/sys/fs/cgroup/own': Read-only file system",
    ],
    ...['1', 'head: /log: Operation not permitted', ''],
  ])
}

function pauses(project: GuestProject): void {
  project.succeed('pause', 'web')
  assert.match(project.succeed('ps', 'web'), /Paused/i)
  project.succeed('unpause', 'web')
}
