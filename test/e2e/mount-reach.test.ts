import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeLayout } from '../support/hand-made-layout.ts'
import { tarArchive } from '../support/tar-archive.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestProject } from '../support/test-project.ts'

test('a subpath of a volume is mounted, and a link of a container in its place is refused', async () => {
  using outside = temporaryFolder()
  writeFileSync(join(outside.path, 'marker'), 'outside\n')
  await using project = new TestProject({
    compose: [
      'name: reach',
      'services:',
      '  first: {image: "rootfs:/", command: [sh, -c, "mkdir -p /v/part; echo inside > /v/part/marker"], volumes: ["data:/v"]}',
      '  user:',
      '    image: rootfs:/',
      '    command: [cat, /p/marker]',
      '    depends_on: {first: {condition: service_completed_successfully}}',
      '    volumes: [{type: volume, source: data, target: /p, volume: {subpath: part}}]',
      `  swap: {image: "rootfs:/", command: [sh, -c, "rm -r /v/part; ln -s ${outside.path} /v/part"], volumes: ["data:/v"], profiles: [swap]}`,
      'volumes: {data: {}}',
      '',
    ].join('\n'),
  })
  await project.succeed('up', '-d', 'user')
  await project.run(['up', 'user'])
  expect((await project.run(['logs', '--no-log-prefix', 'user'])).stdout).toContain('inside')
  await project.run(['up', 'swap'])
  const again = await project.run(['restart', 'user'])
  expect(again.exitCode).toBe(1)
  expect(again.stderr).toContain('Cannot mount "part" of volume "data": there is a link on the path')
  expect((await project.run(['logs', '--no-log-prefix', 'user'])).stdout).not.toContain('outside')
  expect(readFileSync(join(outside.path, 'marker'), 'utf8')).toBe('outside\n')
})

test('a link in a mounted folder leads no other mount into /proc', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'v'))
  symlinkSync('/proc/fs', join(folder.path, 'v/link'))
  await using project = new TestProject({
    compose: `name: proc\nservices:\n  web:\n    image: rootfs:/\n    command: ["true"]\n    volumes: ["${folder.path}/v:/v"]\n    tmpfs: [/v/link]\n`,
  })
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'Cannot mount tmpfs at /v/link of service "web": a link leads the target into /proc or to the root',
  )
})

test('a volume that an image asks for in /proc is refused', async () => {
  using folder = temporaryFolder()
  const layer = await tarArchive([{ name: 'file', content: '' }])
  writeLayout(join(folder.path, 'img'), [{ layers: [layer], config: { Volumes: { '/proc/fs': {} } } }])
  await using project = new TestProject({
    compose: `name: asked\nservices:\n  web: {image: "oci:${folder.path}/img", command: [x]}\n`,
  })
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('asks for at "/proc/fs" in service "web": it is in /proc')
})

test('a file replaces one of /proc that lxcfs provides', async () => {
  await using project = new TestProject({
    compose:
      'name: files\nservices:\n  web: {image: "rootfs:/", command: [cat, /proc/uptime, /proc/meminfo], volumes: ["./own:/proc/uptime", "./own:/proc/meminfo"]}\n',
    files: { own: 'own\n' },
  })
  const { stdout } = await project.run(['up', '--no-log-prefix'])
  expect(stdout.match(/^own$/gm)).toHaveLength(2)
})

test('an image in which /proc is a link is refused', async () => {
  using folder = temporaryFolder()
  const image = join(folder.path, 'image')
  mkdirSync(image)
  symlinkSync('elsewhere', join(image, 'proc'))
  await using project = new TestProject({
    compose: `name: linked\nservices:\n  web: {image: "rootfs:${image}", command: [x]}\n`,
  })
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Cannot mount proc at /proc of service "web": there is a link on the path')
})

test('exec --privileged has every capability and keeps the seccomp filter', async () => {
  await using project = new TestProject({
    compose: 'name: priv\nservices:\n  web: {image: "rootfs:/", init: true, command: [sleep, "1000"]}\n',
  })
  await project.succeed('up', '-d')
  const status = async (...options: readonly string[]) => {
    const text = await project.succeed('exec', '-T', ...options, 'web', 'cat', '/proc/self/status')
    return new Map(text.split('\n').map(line => line.split(/:\s*/, 2) as [string, string]))
  }
  const [plain, privileged] = [await status(), await status('--privileged')]
  expect(privileged.get('Seccomp')).toBe('2')
  expect(plain.get('Seccomp')).toBe('2')
  expect(plain.get('CapEff')).not.toBe(privileged.get('CapEff'))
  expect(privileged.get('CapEff')).toBe(privileged.get('CapBnd'))
})
