import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isDiskFull } from '../../src/base/is-disk-full.ts'
import { SmallDisk } from '../siege/small-disk.ts'
import { eventually } from '../support/eventually.ts'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

/** Runs tcompose with a data folder on a tmpfs of its own, mounted with `options` for this command only. */
function runOnDisk(project: TestProject, options: string, args: readonly string[]) {
  const data = join(project.state, 'data')
  mkdirSync(data, { recursive: true })
  const script = 'mount -t tmpfs -o "$1,mode=700" none "$2" && shift 2 && exec "$@"'
  const words = ['--mount', 'sh', '-c', script, 'sh', options, data, BIN, ...args]
  const { status, stderr } = spawnSync('unshare', words, {
    cwd: project.folder,
    env: project.environment,
    encoding: 'utf8',
  })
  return { status, stderr }
}

const compose = 'name: a\nservices:\n  web:\n    image: 127.0.0.1:1/t/bb:1\n    command: ["true"]\n'

describe('a read-only data folder is reported, not treated as a bug, by', () => {
  for (const args of [
    ['up', '-d'],
    ['image', 'prune', '-f'],
    ['system', 'prune', '-f'],
  ]) {
    test(args.join(' '), async () => {
      await using project = new TestProject({ compose })
      const { status, stderr } = runOnDisk(project, 'ro', args)
      expect(stderr).toContain('error[TC2006]: Cannot write "')
      expect(stderr).toContain('the file system is read-only')
      expect(stderr).not.toContain('bug')
      expect(status).toBe(1)
    })
  }
})

test('pull reports that the disk is full, wherever in the image that happens', async ({ skip }) => {
  await using registry = await serveBusybox()
  if (registry.kind === 'missing') return skip(registry.reason)
  await using project = new TestProject({ compose: compose.replace('127.0.0.1:1', registry.host) })
  // The blob has 1.1 MB, its files 2 MB.
  for (const size of ['size=500k', 'size=2m']) {
    const { status, stderr } = runOnDisk(project, size, ['pull'])
    expect(stderr).toContain('error[TC2006]')
    expect(stderr).toContain('no space left on device')
    expect(stderr).toContain('compose.yaml:4:')
    expect(status).toBe(1)
  }
})

const FLOOD = `
name: flood
services:
  loud:
    image: rootfs:/
    command:
      - sh
      - -c
      - until [ -e /srv/data/full ]; do sleep 0.1; done; while :; do echo 0123456789012345678901234567890123456789; done
    restart: always
    volumes: ["data:/srv/data", /srv/anonymous]
    ports: ["127.0.0.1::80"]
  quiet:
    image: rootfs:/
    command: [sleep, "600"]
    volumes: ["data:/srv/data"]
volumes: { data: {} }
`

/** The container's log also writes: it may take the last block. */
function fillUp(disk: SmallDisk): void {
  try {
    disk.fill(0)
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

/** Runs `play` with data and run folders on small disks of their own, which it fills with \`fill\`. */
async function onSmallDisks(
  play: (project: TestProject, fill: () => void, drain: () => void) => Promise<void>,
): Promise<void> {
  await using project = new TestProject({ compose: FLOOD, isWarm: false })
  const [dataFolder, runFolder] = [join(project.state, 'data'), join(project.state, 'run')]
  for (const folder of [dataFolder, runFolder]) mkdirSync(folder)
  using data = new SmallDisk(dataFolder)
  using run = new SmallDisk(runFolder)
  // The loud service begins when the disks are full: what it writes must not fail the `up` before.
  const volume = join(dataFolder, 'volumes/flood_data/_data')
  const drain = (): void => {
    rmSync(join(volume, 'full'), { force: true })
    for (const disk of [data, run]) disk.drain()
  }
  const fill = (): void => {
    if (existsSync(volume)) writeFileSync(join(volume, 'full'), '')
    for (const disk of [data, run]) fillUp(disk)
  }
  try {
    await play(project, fill, drain)
  } finally {
    drain()
    await project.run(['down', '-v', '-t', '0'])
  }
}

/** Resolves when the supervisor has written what it writes at its start: later it would take what a restart has freed. */
async function supervised(project: TestProject): Promise<void> {
  const folder = join(project.state, 'run/projects/flood')
  await eventually(async () => {
    expect(readFileSync(join(folder, 'events'), 'utf8').match(/"start"/g)).toHaveLength(2)
    expect(readdirSync(folder)).toContain('firewall-guard')
  })
}

for (const args of [
  ['kill'],
  ['stop', '-t', '0'],
  ['restart', '-t', '0'],
  ['down', '-v', '-t', '0'],
  ['down', '-t', '0'],
]) {
  test(`${args.join(' ')} works with no space left at all`, { timeout: 60_000 }, async () => {
    await onSmallDisks(async (project, fill, drain) => {
      await project.succeed('up', '-d')
      await supervised(project)
      fill()
      const { exitCode, stderr } = await project.run(args)
      expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('error')])
      if (args[0] === 'restart' || args[0] === 'down')
        expect(await project.succeed('ps', '-aq')).toHaveLength(args[0] === 'down' ? 0 : 130)
      else expect(await project.succeed('ps', '-q')).toBe('')
      if (args[0] === 'down') expect(readdirSync(join(project.state, 'run/projects'))).toEqual([])
      if (args.includes('-v')) {
        expect(readdirSync(join(project.state, 'data/projects'))).toEqual([])
        expect(readdirSync(join(project.state, 'data/volumes'))).toEqual(['.removed'])
      }
      drain()
      await project.succeed('up', '-d')
      await project.succeed('down', '-v', '-t', '0')
      expect(readdirSync(join(project.state, 'data/projects'))).toEqual([])
    })
  })
}

test('up on a full disk reports it with a hint, and leaves nothing', { timeout: 60_000 }, async () => {
  await onSmallDisks(async (project, fill, drain) => {
    fill()
    const { exitCode, stderr } = await project.run(['up', '-d'])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('error[TC2006]: Cannot write')])
    expect(stderr).toContain('Free some space')
    drain()
    await project.succeed('up', '-d')
  })
})
