import { once } from 'node:events'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

/** `app` waits for a health check that never succeeds. */
const GATED = `
name: gated
services:
  db:
    image: rootfs:/
    init: true
    command: [sh, -c, "echo ready; sleep 600"]
    stop_signal: SIGKILL
    healthcheck: { test: "false", interval: 60s, retries: 100 }
  app:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    depends_on: { db: { condition: service_healthy } }
`

async function stateOf(project: TestProject, service: string): Promise<string> {
  const { State, Command } = JSON.parse(await project.succeed('ps', '-a', '--format', 'json', service))
  return `${State} ${Command}`
}

test('while up waits for a health check, other commands see and use what runs, which stays when up is killed', async () => {
  await using project = new TestProject({ compose: GATED })
  const up = project.spawn(['up', '-d'])
  await eventually(async () => expect(await stateOf(project, 'db')).toContain('running "sh -c'))
  expect(await stateOf(project, 'app')).toContain('created "sleep 600"')
  expect(await project.succeed('exec', '-T', 'db', 'echo', 'inside')).toBe('inside\n')
  expect(await project.succeed('logs', '--no-log-prefix', 'db')).toBe('ready\n')
  const ids = await project.succeed('ps', '-aq')
  up.kill('SIGKILL')
  await once(up, 'exit')
  await project.succeed('up', '-d', 'db')
  expect(await project.succeed('ps', '-aq')).toBe(ids)
})
