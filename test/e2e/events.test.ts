import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { resultOf, TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: eventful
services:
  web:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    labels: { role: front }
    healthcheck: { test: [CMD, "true"], interval: 50ms }
  job:
    image: rootfs:/
    command: [sh, -c, "exit 3"]
`

interface Told {
  readonly action: string
  readonly service: string
  readonly attributes: Readonly<Record<string, string>>
}

test('events follows a project through its life, from before its first container until after its last', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const following = project.spawn(['events', '--json'])
  const ended = resultOf(following)
  const told: Told[] = []
  if (following.stdout === null) throw new Error('events has no output')
  createInterface({ input: following.stdout }).on('line', line => told.push(JSON.parse(line)))
  const actionsOf = (service: string) =>
    told.filter(event => event.service === service).map(({ action }) => action)
  // It follows once it tells of something: until then projects come and go.
  await eventually(async () => {
    await project.succeed('up', '--no-start', 'job')
    await project.succeed('down')
    expect(actionsOf('job')).toContain('destroy')
  })
  told.length = 0
  await project.succeed('up', '-d', '--wait', 'web')
  await project.succeed('pause', 'web')
  await project.succeed('unpause', 'web')
  await project.succeed('kill', '-s', 'WINCH', 'web')
  expect((await project.run(['exec', '-T', 'web', 'sh', '-c', 'exit 4'])).exitCode).toBe(4)
  await project.succeed('cp', 'web:/etc/hostname', 'hostname')
  await project.succeed('cp', 'hostname', 'web:/tmp/hostname')
  await project.succeed('top', 'web')
  await project.succeed('run', '--rm', '-T', 'job', 'true')
  await project.succeed('restart', 'web')
  await project.succeed('up', '-d', 'job')
  await eventually(async () => expect(actionsOf('job')).toContain('die'))
  await project.succeed('down')
  await eventually(async () => expect(actionsOf('web')).toContain('destroy'))
  const web = actionsOf('web')
  for (const action of [
    'create',
    'start',
    'health_status: healthy',
    'pause',
    'unpause',
    'kill',
    'stop',
    'die',
    'destroy',
    ...['exec_create: sh -c exit 4', 'exec_start: sh -c exit 4', 'exec_die'],
    ...['archive-path', 'extract-to-dir', 'top', 'restart'],
  ])
    expect(web).toContain(action)
  expect(web[0]).toBe('create')
  expect(web.at(-1)).toBe('destroy')
  expect(told.find(({ service, action }) => service === 'job' && action === 'die')?.attributes).toEqual({
    ...{ execDuration: '0', exitCode: '3', image: 'rootfs:/', name: 'eventful-job-1' },
  })
  expect(told.find(({ action }) => action === 'pause')?.attributes).toEqual({
    ...{ image: 'rootfs:/', name: 'eventful-web-1', role: 'front' },
  })
  expect(told.find(({ action }) => action === 'kill')?.attributes).toMatchObject({ signal: '28' })
  const died = told.find(({ action }) => action === 'exec_die')
  expect(died?.attributes).toMatchObject({ exitCode: '4', role: 'front' })
  expect(told.find(({ action }) => action.startsWith('exec_create'))?.attributes['execID']).toBe(
    died?.attributes['execID'],
  )
  expect(told.filter(({ attributes }) => attributes['name']?.includes('-run-'))).toEqual([])
  following.kill('SIGINT')
  expect((await ended).exitCode).toBe(130)
})

test('events --since tells what was recorded, and --until ends', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  await project.succeed('up', '-d', 'job')
  await eventually(async () => {
    const text = await project.succeed('events', '--since', '1h', '--until', '0s', 'job')
    expect(text).toMatch(
      / container create [0-9a-f]{64} .*\n.* container start .*\n.* container die .*exitCode=3/,
    )
  })
  expect(await project.succeed('events', '--until', '0s')).toBe('')
  expect(await project.succeed('events', '--since', '1h', '--until', '30m')).toBe('')
})
