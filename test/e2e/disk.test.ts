import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { serveBusybox } from '../support/registry/serve-busybox.ts'
import { TestProject } from '../support/test-project.ts'

const BIN = resolve(import.meta.dirname, '../../bin/tcompose')

/** Runs tcompose with a data folder on a tmpfs of its own, mounted with `options` for this command alone. */
function runOnDisk(project: TestProject, options: string, args: readonly string[]) {
  const data = join(project.state, 'data')
  mkdirSync(data, { recursive: true })
  const script = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"'
  const words = ['--mount', 'sh', '-c', script, 'sh', options, data, BIN, ...args]
  const { status, stderr } = spawnSync('unshare', words, {
    cwd: project.folder,
    env: project.environment,
    encoding: 'utf8',
  })
  return { status, stderr }
}

const compose = 'name: a\nservices:\n  web:\n    image: 127.0.0.1:1/t/bb:1\n    command: ["true"]\n'

describe('a data folder that is read-only is told of, not taken for a bug, by', () => {
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

test('pull says that the disk is full, wherever in the image that shows', async ({ skip }) => {
  await using registry = await serveBusybox()
  if (registry.kind === 'missing') return skip(registry.reason)
  await using project = new TestProject({ compose: compose.replace('127.0.0.1:1', registry.host) })
  // The blob is of 1.1 MB, its files of 2 MB.
  for (const size of ['size=500k', 'size=2m']) {
    const { status, stderr } = runOnDisk(project, size, ['pull'])
    expect(stderr).toContain('error[TC2006]')
    expect(stderr).toContain('the disk is full')
    expect(stderr).toContain('compose.yaml:4:')
    expect(status).toBe(1)
  }
})
