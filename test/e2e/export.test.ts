import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

let project: TestProject

/** A root file system of its own keeps the archive small. */
beforeAll(async () => {
  project = new TestProject({
    compose: `
name: exporter
services:
  web:
    image: rootfs:./root
    command: [/busybox, sh, -c, "echo changed > /etc/own; mkdir /made; echo in > /data/volume; touch /done; exec /busybox sleep 600"]
    stop_signal: SIGKILL
    volumes: ["vol:/data"]
    healthcheck: { test: [CMD, /busybox, test, -e, /done], interval: 50ms, retries: 200 }
volumes: { vol: {} }
`,
    files: { 'root/etc/own': 'original', 'root/etc/kept': 'kept' },
  })
  mkdirSync(join(project.folder, 'root/data'))
  spawnSync('cp', ['/bin/busybox', join(project.folder, 'root/busybox')])
  await project.succeed('up', '-d', '--wait')
})
afterAll(() => project[Symbol.asyncDispose]())

function fileOf(archive: string, name: string): string {
  return spawnSync('tar', ['xOf', join(project.folder, archive), name]).stdout.toString()
}

for (const state of ['running', 'stopped']) {
  test(`export writes the files of a ${state} container without its volume`, async () => {
    if (state === 'stopped') await project.succeed('stop')
    expect(await project.succeed('export', '-o', `${state}.tar`, 'web')).toBe('')
    const names = spawnSync('tar', ['tf', join(project.folder, `${state}.tar`)])
      .stdout.toString()
      .split('\n')
    expect(names).toEqual(
      expect.arrayContaining(['busybox', 'data/', 'etc/', 'etc/kept', 'etc/own', 'made/']),
    )
    expect(names).not.toContain('data/volume')
    expect(names.filter(name => name.startsWith('proc/'))).toEqual(['proc/'])
    expect(fileOf(`${state}.tar`, 'etc/own')).toBe('changed\n')
    expect(fileOf(`${state}.tar`, 'etc/kept')).toBe('kept')
  })
}

test('export writes to standard output without -o, and says if there is no such container', async () => {
  const bin = join(import.meta.dirname, '../../bin/tcompose')
  const options = { cwd: project.folder, env: project.environment, maxBuffer: 64 * 1024 * 1024 }
  const archive = spawnSync(bin, ['export', 'web'], options).stdout
  expect(spawnSync('tar', ['t'], { input: archive }).stdout.toString()).toContain('etc/own')
  expect(await project.run(['export', '--index', '7', 'web'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('web-7'),
  })
})
