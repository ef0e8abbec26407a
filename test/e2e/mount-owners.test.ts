import { chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const SUDO = { SUDO_UID: '4321', SUDO_GID: '4322' }

function compose(service: string, rest = ''): string {
  return `services:
  web:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
${service}${rest}`
}

const BOUND = `    user: "33:34"
    volumes:
      - {type: bind, source: ./data, target: /data, x-idmap: match-user}
`

function ownerOf(path: string): string {
  const { uid, gid } = statSync(path)
  return `${uid}:${gid}`
}

test('what a container makes in a mount that matches users belongs to who runs tcompose', async () => {
  await using project = new TestProject({ compose: compose(BOUND), env: SUDO })
  const data = join(project.folder, 'data')
  mkdirSync(data)
  writeFileSync(join(data, 'own'), '')
  writeFileSync(join(data, 'of-root'), '')
  for (const path of [data, join(data, 'own')]) chownSync(path, 4321, 4322)
  await project.succeed('up', '-d')
  const script =
    'touch /data/made; mkdir /data/folder; cd /data; stat -c "%n %u:%g" . own of-root made folder'
  expect(await project.succeed('exec', '-T', 'web', 'sh', '-c', script)).toBe(
    ['. 33:34', 'own 33:34', 'of-root 0:0', 'made 33:34', 'folder 33:34', ''].join('\n'),
  )
  expect(['made', 'folder', 'own', 'of-root'].map(name => ownerOf(join(data, name)))).toEqual([
    ...['4321:4322', '4321:4322', '4321:4322', '0:0'],
  ])
  // Its policy would start it in the same way, without the caller.
  expect((await project.run(['up', '-d'], { env: SUDO })).stderr).not.toContain('Recreate')
})

test('without a caller, files belong to the owner of the folder, in every mount of a project that says so', async () => {
  const service = '    volumes: [./data:/data, ./other:/other:ro]\n'
  await using project = new TestProject({
    compose: compose(service, 'x-idmap: match-user\n'),
    env: { SUDO_UID: '', SUDO_GID: '' },
  })
  for (const name of ['data', 'other']) mkdirSync(join(project.folder, name))
  chownSync(join(project.folder, 'data'), 5001, 5002)
  await project.succeed('up', '-d')
  await project.succeed('exec', '-T', 'web', 'touch', '/data/made')
  expect(ownerOf(join(project.folder, 'data/made'))).toBe('5001:5002')
  expect(await project.succeed('exec', '-T', 'web', 'stat', '-c', '%u:%g', '/data', '/other')).toBe(
    '0:0\n0:0\n',
  )
})

test('a file system that cannot show other owners is a problem with its line, before anything is made', async () => {
  const service =
    '    volumes:\n      - {type: bind, source: /proc/sys, target: /data, x-idmap: match-user}\n'
  await using project = new TestProject({ compose: compose(service), env: SUDO })
  const { exitCode, stderr } = await project.run(['up', '-d'])
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    'Cannot mount "/proc/sys" with "x-idmap": it is on proc, which cannot show other owners',
  )
  expect(stderr).toMatch(/TC6005.*\n.*compose\.yaml:7:9/)
  expect(existsSync(join(project.state, 'data/projects'))).toBe(false)
})
