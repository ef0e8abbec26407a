import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: made
services:
  db:
    image: rootfs:/
    init: true
    command: [sleep, "600"]
    stop_signal: SIGKILL
    healthcheck: { test: [CMD, test, -e, /tmp/made-ready], interval: 100ms, retries: 1000 }
    tmpfs: [/tmp]
  app:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
    depends_on: [db]
`

interface Listed {
  readonly Name: string
  readonly State: string
  readonly ID: string
}

async function listed(project: TestProject): Promise<readonly Listed[]> {
  const lines = (await project.succeed('ps', '-a', '--format', 'json')).split('\n').filter(Boolean)
  return lines.map(line => JSON.parse(line))
}

async function states(project: TestProject): Promise<readonly string[]> {
  return (await listed(project)).map(({ Name, State }) => `${Name} ${State}`)
}

test('create makes what start then starts, and scale changes how many there are', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  await project.succeed('create')
  expect(await states(project)).toEqual(['made-app-1 created', 'made-db-1 created'])
  await project.succeed('start')
  expect(await states(project)).toEqual(['made-app-1 running', 'made-db-1 running'])
  await project.succeed('scale', 'app=3')
  expect(await states(project)).toEqual([
    ...['made-app-1 running', 'made-app-2 running', 'made-app-3 running', 'made-db-1 running'],
  ])
  await project.succeed('scale', 'app=1')
  expect(await states(project)).toEqual(['made-app-1 running', 'made-db-1 running'])
})

test('up --wait-timeout and start --wait-timeout end the wait, and what runs goes on', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const up = await project.run(['up', '--wait', '--wait-timeout', '1', 'db'])
  expect(up.exitCode).toBe(1)
  expect(up.stderr).toContain('Cannot wait for container made-db-1: application not healthy after 1s')
  expect(await states(project)).toEqual(['made-db-1 running'])
  await project.succeed('stop', '-t', '0')
  const start = await project.run(['start', '--wait', '--wait-timeout', '1', 'db'])
  expect(start.stderr).toContain('application not healthy after 1s')
  await project.succeed('exec', '-T', 'db', 'touch', '/tmp/made-ready')
  await project.succeed('start', '--wait', '--wait-timeout', '60', 'db')
})

test('up --force-recreate recreates the services that it names, and --always-recreate-deps what they depend on', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
  const ids = async () => Object.fromEntries((await listed(project)).map(({ Name, ID }) => [Name, ID]))
  const first = await ids()
  await project.succeed('up', '-d', '--force-recreate', 'app')
  const second = await ids()
  expect(second).toMatchObject({ 'made-db-1': first['made-db-1'] })
  expect(second['made-app-1']).not.toBe(first['made-app-1'])
  await project.succeed('up', '-d', '-y', '--always-recreate-deps', 'app')
  const third = await ids()
  expect(third).toMatchObject({ 'made-app-1': second['made-app-1'] })
  expect(third['made-db-1']).not.toBe(second['made-db-1'])
})

test('down --rmi local removes what was built, and nothing that the file names', async () => {
  await using project = new TestProject({
    compose: `
name: images
services:
  own: { build: . , command: [/sleep] }
  named: { build: . , image: kept-image, command: [/sleep] }
`,
    files: { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' },
  })
  await project.succeed('create')
  const { exitCode, stderr } = await project.run(['down', '--rmi', 'local'])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('Image images-own  Removed')
  const names = await project.succeed('image', 'ls')
  expect(names).toContain('kept-image')
  expect(names).not.toContain('images-own')
  await project.succeed('down', '--rmi', 'all')
  expect(await project.succeed('image', 'ls')).not.toContain('kept-image')
})

test('kill leaves containers alone that the file does not declare, without --remove-orphans', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d')
  project.write('compose.yaml', COMPOSE.slice(0, COMPOSE.indexOf('  app:')))
  await project.succeed('kill')
  expect(await states(project)).toEqual(['made-app-1 running', 'made-db-1 exited'])
  await project.succeed('kill', '--remove-orphans')
  expect(await states(project)).toEqual(['made-app-1 exited', 'made-db-1 exited'])
})
