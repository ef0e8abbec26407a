import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { imageLayout } from '../support/parts/image-layout.ts'
import { TestProject } from '../support/test-project.ts'

const compose = (image: string): string => `
name: masked
services:
  web:
    image: "${image}"
    user: "1234:1234"
    command: [sleep, "600"]
    stop_signal: SIGKILL
    init: true
    volumes: [data:/data, ./made/on/demand:/made]
volumes:
  data:
`
const SEEN = '/ /data /made /etc/hosts /etc/hostname /etc/resolv.conf /proc/1/cgroup /sys/fs/cgroup'

/** Modes of a project started under `umask`: inside its container, and of its folders on the host. */
async function modesUnder(umask: number, image: string): Promise<Readonly<Record<string, unknown>>> {
  const caller = process.umask(umask)
  try {
    await using project = new TestProject({ compose: compose(image), isWarm: false })
    await project.succeed('up', '-d')
    await project.succeed('restart', '-t', '0')
    const script = `stat -c '%n %a' ${SEEN}; cat /etc/hosts > /dev/null && echo readable; umask`
    return {
      inside: (await project.succeed('exec', '-T', 'web', 'sh', '-c', script)).split('\n'),
      made: modesBelow(join(project.folder, 'made')),
      data: modesBelow(join(project.state, 'data')),
      run: modesBelow(join(project.state, 'run')),
    }
  } finally {
    process.umask(caller)
  }
}

/** A line for each file with its mode, without names that differ in every run. */
function modesBelow(folder: string): readonly string[] {
  const below = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const lines = ['', ...below].map(path => {
    const mode = lstatSync(join(folder, path)).mode & 0o7777
    return `${path.replace(/[0-9a-f]{12,}/g, 'ID')} ${mode.toString(8)}`
  })
  return [...new Set(lines)].toSorted()
}

test('up creates everything with the same modes, whatever the umask of its caller', async () => {
  const usual = await modesUnder(0o022, 'rootfs:/')
  expect(usual['inside']).toEqual([
    ...['/ 755', '/data 755', '/made 755', '/etc/hosts 644', '/etc/hostname 644', '/etc/resolv.conf 644'],
    ...['/proc/1/cgroup 444', '/sys/fs/cgroup 755', 'readable', '0022', ''],
  ])
  expect(await modesUnder(0o077, 'rootfs:/')).toEqual(usual)
  expect(await modesUnder(0o000, 'rootfs:/')).toEqual(usual)
})

test('up unpacks an image with the same modes, whatever the umask of its caller', {
  timeout: 120_000 + MAY_DOWNLOAD.timeout,
}, async ({ skip }) => {
  const layout = await imageLayout('busybox')
  if (layout.kind === 'missing') return skip(layout.reason)
  const usual = await modesUnder(0o022, `oci:${layout.dir}`)
  expect(usual['data']).toContainEqual(expect.stringMatching(/^layers\/.*\/bin\/busybox 755$/))
  expect(await modesUnder(0o077, `oci:${layout.dir}`)).toEqual(usual)
  expect(await modesUnder(0o000, `oci:${layout.dir}`)).toEqual(usual)
})

test('config creates the file that its caller names with the mode that the umask of the caller allows', async () => {
  await using project = new TestProject({ compose: compose('rootfs:/') })
  for (const umask of [0o077, 0o002, 0o022]) {
    const caller = process.umask(umask)
    try {
      await project.succeed('config', '-o', `out-${umask}`)
    } finally {
      process.umask(caller)
    }
    expect(lstatSync(join(project.folder, `out-${umask}`)).mode & 0o777).toBe(0o666 & ~umask)
  }
})
