import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const SERVER = JSON.stringify([
  'node',
  '-e',
  `const server = require('node:http').createServer((request, response) => {
     response.writeHead(request.url === '/ready' ? 200 : 404).end()
   })
   server.listen(8080, () => require('node:net').createServer(s => s.end()).listen('/tmp/app.sock', () => console.log('all is ready')))`,
])

async function healthOf(project: TestProject): Promise<Record<string, string>> {
  const lines = (await project.succeed('ps', '-a', '--format', 'json')).trim().split('\n')
  return Object.fromEntries(
    lines.map(line => JSON.parse(line)).map(({ Service, Health }) => [Service, Health]),
  )
}

test('x-healthcheck tests a container from outside, in its own network and files', async () => {
  const service = (probe: string) => `
    image: rootfs:/
    command: ${SERVER}
    tmpfs: [/tmp]
    volumes: ["${process.execPath}:/usr/local/bin/node:ro"]
    x-healthcheck: ${probe}
`
  await using project = new TestProject({
    compose: `
name: probed
services:
  http: ${service('{http: 8080/ready}')}
  tcp: ${service('{tcp: 8080}')}
  unix: ${service('{unix: /tmp/app.sock}')}
  log: ${service('{log: "ready$$"}')}
  wrong: ${service('{http: 8080/nothing}')}
`,
  })
  await project.succeed('up', '-d', '--wait', 'http', 'tcp', 'unix', 'log')
  expect(await healthOf(project)).toEqual({
    http: 'healthy',
    tcp: 'healthy',
    unix: 'healthy',
    log: 'healthy',
  })
  project.write(
    'quick.yaml',
    'services: {wrong: {healthcheck: {start_period: 6s, interval: 100ms, retries: 2}}}',
  )
  const wrong = await project.run(['-f', 'compose.yaml', '-f', 'quick.yaml', 'up', '-d', '--wait', 'wrong'])
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stderr).toContain('404 Not Found')
})

test('x-on-unhealthy starts a container again or stops it', async () => {
  const service = (reaction: string) => `
    image: rootfs:/
    command: [sh, -c, "echo started; trap 'exit 0' TERM; while :; do sleep 0.05; done"]
    x-healthcheck: {tcp: 9}
    x-on-unhealthy: ${reaction}
    healthcheck: {start_period: 1ms, interval: 200ms, retries: 2}
`
  await using project = new TestProject({
    compose: `
name: reacting
services:
  again: ${service('restart')}
  over: ${service('stop')}
`,
  })
  await project.succeed('up', '-d')
  await eventually(async () => {
    const { stdout } = await project.run(['logs', '--no-log-prefix', 'again'])
    expect(stdout.split('\n').filter(line => line === 'started').length).toBeGreaterThan(2)
  })
  await eventually(async () => expect(await project.succeed('ps', '-a', 'over')).toContain('Exited (0)'))
  const over = JSON.parse(await project.succeed('ps', '-a', '--format', 'json', 'over'))
  expect(over.HealthLog.at(-1)).toMatchObject({ ExitCode: 1, Output: 'connection refused' })
  const again = await project.run(['ps', '-a', 'again'])
  expect(again.stderr).toMatch(/reacting-again-1: restarted \d+ times, last .* ago: unhealthy/)
  const told = await project.succeed('events', '--since', '1h', '--until', '0s', 'again')
  expect(told).toContain('restartReason=unhealthy')
})
