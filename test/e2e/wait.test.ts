import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const READY = `
  db:
    image: rootfs:/
    init: true
    command: [sleep, "1000"]
    healthcheck: { test: "true", interval: 1s, start_period: 0s }
`

test.for([
  { name: 'at once', command: 'exit 3', code: 3 },
  { name: 'while another becomes healthy', command: 'sleep 0.7; exit 3', code: 3 },
])('up --wait fails for a service without health check that ends $name', async ({ command, code }) => {
  await using project = new TestProject({
    compose: `name: wait\nservices:\n  app:\n    image: rootfs:/\n    command: [sh, -c, "${command}"]${READY}`,
  })
  const { exitCode, stderr } = await project.run(['up', '--wait'])
  expect(stderr).toContain(`container wait-app-1 exited with code ${code}`)
  expect(exitCode).toBe(1)
})

test('up --wait counts a service that has ended with exit code 0 as done', async () => {
  await using project = new TestProject({
    compose: `name: wait\nservices:\n  app:\n    image: rootfs:/\n    command: ["true"]${READY}`,
  })
  await project.succeed('up', '--wait')
  await project.succeed('up', '--wait')
})

test('up --wait fails for a service that exits after it was healthy, while another is not ready', async () => {
  await using project = new TestProject({
    compose: `
name: wait
services:
  app:
    image: rootfs:/
    tmpfs: [/tmp]
    command: [sh, -c, "sleep 2; exit 3"]
    healthcheck: { test: "true", interval: 100ms, start_period: 0s }
  late:
    image: rootfs:/
    tmpfs: [/tmp]
    command: [sh, -c, "sleep 3; touch /tmp/wait-late; sleep 1000"]
    healthcheck: { test: [CMD, test, -e, /tmp/wait-late], interval: 500ms, retries: 20 }
`,
  })
  const { exitCode, stderr } = await project.run(['up', '--wait'])
  expect(stderr).toContain('container wait-app-1 exited with code 3')
  expect(exitCode).toBe(1)
})

test('up --wait fails for a service that its restart policy keeps restarting', {
  timeout: 60_000,
}, async () => {
  await using project = new TestProject({
    compose: `name: wait\nservices:\n  app:\n    image: rootfs:/\n    command: [sh, -c, "exit 4"]\n    restart: always\n`,
  })
  const { exitCode, stderr } = await project.run(['up', '--wait'])
  expect(stderr).toContain('container wait-app-1 exited with code 4')
  expect(exitCode).toBe(1)
})
