import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openNetlink } from '../../src/engine/host/netlink-socket.ts'
import { removeNetns } from '../../src/engine/host/netns.ts'
import { deleteLink, listLinks } from '../../src/engine/host/rtnetlink/link.ts'
import { eventually } from '../support/eventually.ts'
import { keeperPid } from '../support/find-keeper.ts'
import { TestProject } from '../support/test-project.ts'

const PAIR = `
name: phoenix
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1::80"]
  db:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    volumes: ["data:/srv/data"]
volumes: { data: {} }
`

async function statesOf(project: TestProject): Promise<string[]> {
  const lines = (await project.succeed('ps', '-a', '--format', 'json')).trim().split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line).State)
}

test('up after the keeper was killed starts everything again, and down leaves nothing', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  process.kill(keeperPid(project), 'SIGKILL')
  await eventually(async () => expect(await statesOf(project)).toEqual(['exited', 'exited']))
  await project.succeed('up', '-d')
  expect(await statesOf(project)).toEqual(['running', 'running'])
})

test('down after the keeper was killed leaves nothing', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  process.kill(keeperPid(project), 'SIGKILL')
  await project.succeed('down', '-v')
})

test('up after a reboot makes the network anew and keeps containers and data', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  await project.succeed(
    'exec',
    '-T',
    'db',
    'sh',
    '-c',
    'echo kept > /srv/data/file; echo mine > /in-the-layer',
  )
  const ids = await project.succeed('ps', '-q')
  loseRunFolder(project)
  await project.succeed('up', '-d')
  expect(await project.succeed('ps', '-q')).toBe(ids)
  expect(await project.succeed('exec', '-T', 'db', 'cat', '/srv/data/file', '/in-the-layer')).toBe(
    'kept\nmine\n',
  )
})

/** What a reboot takes: processes, namespaces, interfaces, the run folder. */
function loseRunFolder(project: TestProject): void {
  process.kill(keeperPid(project), 'SIGKILL')
  const run = join(project.state, 'run')
  const netns = join(run, 'projects/phoenix/netns')
  for (const name of readdirSync(netns)) removeNetns(join(netns, name))
  using socket = openNetlink('route')
  const own = listLinks(socket).filter(({ alias }) => alias?.includes(':phoenix:'))
  socket.send(own.map(({ name }) => deleteLink(name)))
  rmSync(run, { recursive: true })
}

test('doctor names what no record speaks of, and --fix removes it', async () => {
  await using project = new TestProject({ compose: PAIR })
  await project.succeed('up', '-d')
  process.kill(keeperPid(project), 'SIGKILL')
  rmSync(join(project.state, 'data', 'projects'), { recursive: true })
  const found = await project.run(['doctor'])
  expect(found.stdout).toMatch(/interface\s+tcb/)
  expect(found.stdout).toContain('phoenix')
  await project.run(['doctor', '--fix'])
  expect((await project.run(['doctor'])).stdout).toContain('No strays')
  expect(existsSync(join(project.state, 'run/projects/phoenix/containers'))).toBe(true)
})

test('two commands on one project wait for each other', async () => {
  await using project = new TestProject({ compose: PAIR })
  const results = await Promise.all([
    project.run(['up', '-d']),
    project.run(['up', '-d']),
    project.run(['up', '-d']),
  ])
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
  expect(results.some(({ stderr }) => stderr.includes('aiting'))).toBe(true)
  expect(await statesOf(project)).toEqual(['running', 'running'])
  const [down, up] = await Promise.all([project.run(['down']), project.run(['up', '-d'])])
  expect([down.exitCode, up.exitCode]).toEqual([0, 0])
})
