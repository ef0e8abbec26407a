import assert from 'node:assert/strict'
import { GuestProject, ifBuilt } from './guest-project.ts'
import type { Check } from './main.ts'

const RANGE = 'tcompose:1500000256:131072\n'

const COMPOSE = `
name: users
services:
  web:
    image: rootfs:/
    command: [sleep, "1001"]
    userns_mode: auto
    mem_limit: 32m
    cap_add: [NET_ADMIN]
    network_mode: none
    stop_signal: SIGKILL
    volumes: ["data:/data"]
volumes: { data: {} }
`

/** A user namespace on another kernel, with control groups of version 2. */
export const userNamespaceChecks: readonly Check[] = [
  {
    title: 'tcompose up gives a container a user namespace and shows it its layers and volumes',
    run: ifBuilt(hasUsers),
  },
]

function hasUsers(): void {
  const project = new GuestProject('users', COMPOSE, { TCOMPOSE_SUBID_DIR: '/tmp/users-project' })
  for (const name of ['subuid', 'subgid']) project.write(name, RANGE)
  project.succeed('up', '-d')
  const script =
    'id -u; tail -1 /proc/self/uid_map; touch /x /data/x; stat -c %u / /x /data/x; cat /sys/fs/cgroup/memory.max'
  assert.match(
    project.succeed('exec', '-T', 'web', 'sh', '-c', script),
    /^0\n +0 +1500000256 +65536\n0\n0\n0\n33554432\n$/,
  )
  const change = 'ip link set lo down && ip link set lo up && stat -c %u /proc/sys/net/ipv4/ip_forward'
  assert.equal(project.inside('web', change), '0\n')
  project.succeed('down', '-v', '-t', '1')
}
