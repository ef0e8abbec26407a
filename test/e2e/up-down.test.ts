import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { resultOf, TestProject } from '../support/test-project.ts'

const TWO_SERVICES = `
name: pair
services:
  web:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 0' TERM; echo web is up; while :; do sleep 1 & wait $$!; done"]
    depends_on: [db]
  db:
    image: rootfs:/
    command: [sh, -c, "trap 'exit 0' TERM; echo db is up; while :; do sleep 1 & wait $$!; done"]
    volumes: ["data:/srv/data"]
volumes:
  data:
`

interface PsRow {
  readonly Name: string
  readonly Service: string
  readonly State: string
  readonly ID: string
}

function rows(json: string): PsRow[] {
  return json
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

test('up starts what the file declares, up again changes nothing, down leaves nothing', async () => {
  await using project = new TestProject({ compose: TWO_SERVICES })
  await project.succeed('up', '-d')
  const first = rows(await project.succeed('ps', '--format', 'json'))
  expect(first.map(row => [row.Name, row.Service, row.State])).toEqual([
    ['pair-db-1', 'db', 'running'],
    ['pair-web-1', 'web', 'running'],
  ])

  const plan = await project.run(['plan', '--detailed-exitcode'])
  expect(plan.stdout).toContain('Nothing to do')
  expect(plan.exitCode).toBe(0)

  await project.succeed('up', '-d')
  expect(rows(await project.succeed('ps', '--format', 'json'))).toEqual(
    first.map(row => expect.objectContaining({ ID: row.ID })),
  )

  await project.succeed('down', '-v')
  expect(await project.succeed('ps', '-a', '-q')).toBe('')
})

test('up recreates only the service whose configuration changed, and plan says why', async () => {
  await using project = new TestProject({ compose: TWO_SERVICES })
  await project.succeed('up', '-d')
  const [db, web] = rows(await project.succeed('ps', '--format', 'json'))
  project.write('compose.yaml', TWO_SERVICES.replace('echo web is up', 'echo web is new'))

  const plan = await project.run(['plan', '--detailed-exitcode'])
  expect(plan.exitCode).toBe(3)
  expect(plan.stdout).toMatch(/web-1.*create container.*command/)

  await project.succeed('up', '-d')
  const [dbAfter, webAfter] = rows(await project.succeed('ps', '--format', 'json'))
  expect(dbAfter?.ID).toBe(db?.ID)
  expect(webAfter?.ID).not.toBe(web?.ID)
  expect(await project.succeed('logs', 'web')).toContain('web is new')
})

test('up starts a stopped container again and stop leaves it listed as exited', async () => {
  await using project = new TestProject({ compose: TWO_SERVICES })
  await project.succeed('up', '-d')
  await project.succeed('stop', 'web')
  const stopped = rows(await project.succeed('ps', '-a', '--format', 'json'))
  expect(stopped.find(row => row.Service === 'web')?.State).toBe('exited')
  await project.succeed('up', '-d')
  const [, web] = rows(await project.succeed('ps', '--format', 'json'))
  expect(web?.State).toBe('running')
})

test('data in a named volume outlives down and up, and is removed by down -v', async () => {
  await using project = new TestProject({ compose: TWO_SERVICES })
  await project.succeed('up', '-d')
  await project.succeed('exec', 'db', 'sh', '-c', 'echo kept > /srv/data/file')
  await project.succeed('down')
  await project.succeed('up', '-d')
  expect(await project.succeed('exec', 'db', 'cat', '/srv/data/file')).toBe('kept\n')
  await project.succeed('down', '-v')
  await project.succeed('up', '-d')
  expect((await project.run(['exec', 'db', 'cat', '/srv/data/file'])).exitCode).toBe(1)
})

test('down removes a container without a network, and its project', async () => {
  await using project = new TestProject({
    compose: `
name: lone
services:
  lone:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    network_mode: none
`,
  })
  await project.succeed('up', '-d')
  await project.succeed('down')
  expect(await project.succeed('ps', '-a', '-q')).toBe('')
  expect(readdirSync(join(project.state, 'data/projects'))).toEqual([])
})

test('up removes a replica that the file no longer requires', async () => {
  await using project = new TestProject({ compose: TWO_SERVICES })
  await project.succeed('up', '-d', '--scale', 'web=3')
  expect(rows(await project.succeed('ps', '--format', 'json')).map(row => row.Name)).toEqual([
    'pair-db-1',
    'pair-web-1',
    'pair-web-2',
    'pair-web-3',
  ])
  await project.succeed('up', '-d')
  expect(rows(await project.succeed('ps', '--format', 'json')).map(row => row.Name)).toEqual([
    'pair-db-1',
    'pair-web-1',
  ])
})

test('-f - reads the file from a pipe with a slow writer', async () => {
  await using project = new TestProject({})
  const child = project.spawn(['-p', 'piped', '-f', '-', 'config', '--services'])
  const ended = resultOf(child)
  child.stdin?.write('services:\n  slow:\n')
  await eventually(async () => expect(child.exitCode).toBeNull())
  child.stdin?.end('    image: rootfs:/\n')
  expect((await ended).stdout).toBe('slow\n')
})
