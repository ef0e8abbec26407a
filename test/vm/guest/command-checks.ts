import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Check } from './main.ts'

const LAUNCHER = '/tcompose/dist/tcompose.cjs'
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
  { title: 'tcompose version runs', run: ifBuilt(() => void succeed('version')) },
  { title: 'tcompose doctor runs', run: ifBuilt(() => void tcompose('doctor')) },
  {
    title: 'tcompose up sets memory.max, cpu.max and pids.max, down removes the cgroup',
    run: ifBuilt(setsLimits),
  },
  {
    title: 'tcompose up bears a container into the PID namespace of another and its own control group',
    run: ifBuilt(sharesNamespaces),
  },
]

function ifBuilt(check: () => void): () => string | undefined {
  return () => {
    if (!existsSync(LAUNCHER)) return 'dist is missing: run "npm run build" first'
    check()
    return undefined
  }
}

function setsLimits(): void {
  mkdirSync('/tmp/project', { recursive: true })
  writeFileSync('/tmp/project/compose.yaml', COMPOSE)
  const before = cgroups()
  succeed('up', '-d')
  const worker = cgroups().find(path => !before.includes(path) && hasLimit(path))
  assert.ok(worker, `no new cgroup with memory.max 33554432 among ${cgroups().join(' ')}`)
  assert.equal(readFileSync(join(worker, 'cpu.max'), 'utf8'), '50000 100000\n')
  assert.equal(readFileSync(join(worker, 'pids.max'), 'utf8'), '20\n')
  assert.match(readFileSync(join(worker, 'cgroup.procs'), 'utf8'), /\d/)
  succeed('down', '-t', '1')
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
  mkdirSync('/tmp/project', { recursive: true })
  writeFileSync('/tmp/project/compose.yaml', SHARES)
  const { status, stderr } = tcompose('up', '-d')
  assert.equal(status, 0, stderr)
  assert.match(stderr, /Ignoring "mem_swappiness" of service "peer": control groups of version 2/)
  const peer = cgroups().find(hasLimit)
  assert.ok(peer)
  assert.match(readFileSync(join(peer, 'cgroup.procs'), 'utf8'), /^\d+\n$/)
  const shown = succeed('exec', '-T', 'peer', 'sh', '-c', 'cat /proc/1/cmdline; echo; echo a > /dev/shm/note')
  assert.equal(shown.replaceAll('\0', ' '), 'sleep 1001 \n')
  assert.equal(succeed('exec', '-T', 'owner', 'cat', '/dev/shm/note'), 'a\n')
  assert.match(succeed('exec', '-T', 'host', 'cat', '/proc/self/cgroup'), /^0::\/tcompose\//)
  assert.equal(succeed('exec', '-T', 'peer', 'cat', '/proc/self/cgroup'), '0::/\n')
  succeed('down', '-t', '1')
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

function succeed(...args: readonly string[]): string {
  const { status, stdout, stderr } = tcompose(...args)
  assert.equal(status, 0, `tcompose ${args.join(' ')} exited with ${status}:\n${stdout}${stderr}`)
  return stdout
}

function tcompose(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [LAUNCHER, ...args], {
    cwd: existsSync('/tmp/project') ? '/tmp/project' : '/',
    encoding: 'utf8',
    env: { ...process.env, TCOMPOSE_DATA: '/var/lib/tcompose', TCOMPOSE_RUN: '/run/tcompose' },
  })
  assert.ifError(result.error)
  return result
}
