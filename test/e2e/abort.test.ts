import { expect, test } from 'vitest'
import { TestProject } from '../support/test-project.ts'

const FOREVER = `[sh, -c, "trap 'exit 7' TERM; while :; do sleep 1 & wait $$!; done"]`

function project(short: string): TestProject {
  return new TestProject({
    compose: `
name: abort
services:
  short: {image: "rootfs:/", command: [sh, -c, "${short}"]}
  long: {image: "rootfs:/", command: ${FOREVER}}
`,
  })
}

test('up --abort-on-container-exit stops all when one ends, and exits with its code', async () => {
  await using shop = project('exit 3')
  const result = await shop.run(['up', '--abort-on-container-exit'])
  expect(result.exitCode).toBe(3)
  expect(result.stderr).toContain('Aborting on container exit...')
  expect(result.stdout).toContain('short-1 exited with code 3')
  expect(result.stdout).toContain('long-1 exited with code 7')
  expect(await shop.succeed('ps', '-q')).toBe('')
})

test('up --exit-code-from exits with the code of that service, however it exited', async () => {
  await using shop = project('exit 0')
  expect((await shop.run(['up', '--exit-code-from', 'long'])).exitCode).toBe(7)
  const unknown = await shop.run(['up', '--exit-code-from', 'lang'])
  expect(unknown.exitCode).toBe(1)
  expect(unknown.stderr).toContain('no such service: lang')
})

test('up --abort-on-container-failure continues when a container succeeds', async () => {
  await using shop = new TestProject({
    compose: `
name: abort
services:
  good: {image: "rootfs:/", command: [sh, -c, "exit 0"]}
  bad: {image: "rootfs:/", command: [sh, -c, "exit 5"], depends_on: {good: {condition: service_completed_successfully}}}
  long: {image: "rootfs:/", command: ${FOREVER}, profiles: [long]}
`,
  })
  expect((await shop.run(['--profile', 'long', 'up', '--abort-on-container-failure'])).exitCode).toBe(5)
  expect((await shop.run(['up', '--abort-on-container-failure', 'good'])).exitCode).toBe(0)
})

test('up --abort-on-container-exit acts immediately, while others wait to be started', async () => {
  await using shop = new TestProject({
    compose: `
name: abort
services:
  gate:
    image: "rootfs:/"
    command: ${FOREVER}
    healthcheck: {test: "false", interval: 1s, retries: 600}
  late: {image: "rootfs:/", command: [echo, started], depends_on: {gate: {condition: service_healthy}}}
  short: {image: "rootfs:/", command: [sh, -c, "echo lint failed; exit 4"]}
`,
  })
  const result = await shop.run(['up', '--abort-on-container-exit'])
  expect(result.exitCode).toBe(4)
  expect(result.stdout).toContain('lint failed')
  expect(result.stdout).not.toContain('late-1  |')
  expect(await shop.succeed('ps', '-q')).toBe('')
})
