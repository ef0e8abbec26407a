import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: birth
services:
  watched:
    image: rootfs:/
    init: true
    command: [/shared/watcher, /shared]
    cap_add: [SYS_PTRACE]
    network_mode: none
    stop_signal: SIGKILL
    volumes: ["./shared:/shared"]
    healthcheck: { test: [CMD, "true"], interval: 100ms }
`

test('a container that can trace sees no process of exec or a health check that is less confined than itself', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const shared = buildWatcher(project)
  await project.succeed('up', '-d')
  for (let count = 0; count < 20; count++) {
    await project.succeed('exec', '-T', 'watched', 'true')
    await project.succeed('exec', '-T', '-u', '1234', 'watched', 'true')
  }
  await expectConfined(shared)
})

const PEERS = `
name: peers
services:
  watched:
    image: rootfs:/
    init: true
    command: [/shared/watcher, /shared, peers]
    cap_add: [SYS_PTRACE]
    network_mode: none
    stop_signal: SIGKILL
    volumes: ["./shared:/shared"]
  peer: &peer
    image: rootfs:/
    command: [sleep, "600"]
    pid: service:watched
    network_mode: none
    stop_signal: SIGKILL
  terminal:
    <<: *peer
    tty: true
    init: true
`

test('a container that can trace sees no process of one that shares its PID namespace before it is confined', async () => {
  await using project = new TestProject({ compose: PEERS })
  const shared = buildWatcher(project)
  await project.succeed('up', '-d')
  for (let count = 0; count < 12; count++) await project.succeed('restart', 'peer', 'terminal')
  await expectConfined(shared)
})

/** Returns the folder that the watcher shares with the host. */
function buildWatcher(project: TestProject): string {
  const shared = join(project.folder, 'shared')
  mkdirSync(shared)
  execFileSync('cc', [
    ...['-O2', '-Wall', '-static', join(import.meta.dirname, 'birth-watcher.c')],
    ...['-o', join(shared, 'watcher')],
  ])
  return shared
}

async function expectConfined(shared: string): Promise<void> {
  writeFileSync(join(shared, 'stop'), '')
  const result = await eventually(async () => readFileSync(join(shared, 'result'), 'utf8'))
  // The watcher has looked in time.
  expect(result).toMatch(/^early [1-9]\d*$/m)
  expect(result).toMatch(/^early \d+\n$/)
}
