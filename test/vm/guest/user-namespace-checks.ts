import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import type { Check } from './main.ts'

const LAUNCHER = '/tcompose/dist/tcompose.cjs'
const FOLDER = '/tmp/users-project'
const RANGE = 'tcompose:1500000256:131072\n'

const COMPOSE = `
name: users
services:
  web:
    image: rootfs:/
    command: [sleep, "1001"]
    userns_mode: auto
    mem_limit: 32m
    network_mode: none
    stop_signal: SIGKILL
    volumes: ["data:/data"]
volumes: { data: {} }
`

/** A user namespace on another kernel, with control groups of version 2. */
export const userNamespaceChecks: readonly Check[] = [
  {
    title: 'tcompose up gives a container a user namespace and shows it its layers and volumes',
    run: hasUsers,
  },
]

function hasUsers(): string | undefined {
  if (!existsSync(LAUNCHER)) return 'dist is missing: run "npm run build" first'
  mkdirSync(FOLDER, { recursive: true })
  for (const name of ['subuid', 'subgid']) writeFileSync(`${FOLDER}/${name}`, RANGE)
  writeFileSync(`${FOLDER}/compose.yaml`, COMPOSE)
  succeed('up', '-d')
  const script =
    'id -u; tail -1 /proc/self/uid_map; touch /x /data/x; stat -c %u / /x /data/x; cat /sys/fs/cgroup/memory.max'
  assert.match(
    succeed('exec', '-T', 'web', 'sh', '-c', script),
    /^0\n +0 +1500000256 +65536\n0\n0\n0\n33554432\n$/,
  )
  succeed('down', '-v', '-t', '1')
  return undefined
}

function succeed(...args: readonly string[]): string {
  const { status, stdout, stderr } = tcompose(...args)
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`)
  return stdout
}

function tcompose(...args: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, TCOMPOSE_SUBID_DIR: FOLDER }
  return spawnSync(process.execPath, [LAUNCHER, ...args], {
    cwd: FOLDER,
    encoding: 'utf8',
    timeout: 60_000,
    env,
  })
}
