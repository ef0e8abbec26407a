import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GuestProject, ifBuilt } from './guest-project.ts'
import type { Check } from './main.ts'

const COMPOSE = `
name: limited
services:
  worker:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 1 & wait $$!; done"]
    mem_limit: 32m
    cpus: 0.5
    pids_limit: 20
`

/** What a user does, on a host with cgroup v2. */
export const commandChecks: readonly Check[] = [
  {
    title: 'tcompose version runs',
    run: ifBuilt(() => void new GuestProject('limited', COMPOSE).succeed('version')),
  },
  {
    title: 'tcompose doctor runs',
    run: ifBuilt(() => void new GuestProject('limited', COMPOSE).run('doctor')),
  },
  {
    title: 'tcompose up sets memory.max, cpu.max and pids.max, down removes the cgroup',
    run: ifBuilt(setsLimits),
  },
  {
    title: 'tcompose up bears a container into the PID namespace of another and its own control group',
    run: ifBuilt(sharesNamespaces),
  },
]

function setsLimits(): void {
  const project = new GuestProject('limited', COMPOSE)
  const before = cgroups()
  project.succeed('up', '-d')
  const worker = cgroups().find(path => !before.includes(path) && hasLimit(path))
  assert.ok(worker, `no new cgroup with memory.max 33554432 among ${cgroups().join(' ')}`)
  assert.equal(readFileSync(join(worker, 'cpu.max'), 'utf8'), '50000 100000\n')
  assert.equal(readFileSync(join(worker, 'pids.max'), 'utf8'), '20\n')
  assert.match(readFileSync(join(worker, 'cgroup.procs'), 'utf8'), /\d/)
  project.succeed('down', '-t', '1')
  assert.deepEqual(
    cgroups().filter(path => !before.includes(path) && path.includes('limited')),
    [],
  )
}

const SHARES = `
name: shares
services:
  owner:
    image: rootfs:/
    command: [sleep, "1001"]
    ipc: shareable
    network_mode: none
    stop_signal: SIGKILL
  peer:
    image: rootfs:/
    command: [sleep, "1002"]
    pid: service:owner
    ipc: service:owner
    mem_limit: 32m
    mem_swappiness: 5
    network_mode: none
    stop_signal: SIGKILL
  host:
    image: rootfs:/
    command: [sleep, "1003"]
    cgroup: host
    network_mode: none
    stop_signal: SIGKILL
`

function sharesNamespaces(): void {
  const project = new GuestProject('shares', SHARES)
  const { status, stderr } = project.run('up', '-d')
  assert.equal(status, 0, stderr)
  assert.match(stderr, /Ignoring "mem_swappiness" of service "peer": control groups of version 2/)
  const peer = cgroups().find(hasLimit)
  assert.ok(peer)
  assert.match(readFileSync(join(peer, 'cgroup.procs'), 'utf8'), /^\d+\n$/)
  const shown = project.succeed(
    'exec',
    '-T',
    'peer',
    'sh',
    '-c',
    'cat /proc/1/cmdline; echo; echo a > /dev/shm/note',
  )
  assert.equal(shown.replaceAll('\0', ' '), 'sleep 1001 \n')
  assert.equal(project.succeed('exec', '-T', 'owner', 'cat', '/dev/shm/note'), 'a\n')
  assert.match(project.succeed('exec', '-T', 'host', 'cat', '/proc/self/cgroup'), /^0::\/tcompose\//)
  assert.equal(project.succeed('exec', '-T', 'peer', 'cat', '/proc/self/cgroup'), '0::/\n')
  project.succeed('down', '-t', '1')
}

function hasLimit(path: string): boolean {
  const file = join(path, 'memory.max')
  return existsSync(file) && readFileSync(file, 'utf8') === '33554432\n'
}

function cgroups(): readonly string[] {
  return readdirSync('/sys/fs/cgroup', { recursive: true, withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
}
