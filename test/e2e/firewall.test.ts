import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removeFirewall } from '../../src/engine/local/network/firewall.ts'
import { instanceTag } from '../../src/engine/local/state/layout.ts'
import { eventually } from '../support/eventually.ts'
import { TestProject } from '../support/test-project.ts'

const COMPOSE = `
name: walls
services:
  web:
    image: rootfs:/
    command: [node, -e, "require('http').createServer((q, s) => s.end('here')).listen(8000)"]
    stop_signal: SIGKILL
    environment: [PATH]
    ports: ["127.0.0.1::8000"]
  spare:
    image: rootfs:/
    command: [sleep, "600"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1::8001"]
`

test('rules that somebody else deletes come back by themselves, and with the next command', async () => {
  await using project = new TestProject({ compose: COMPOSE })
  const run = join(project.state, 'run')
  const owner = { tag: instanceTag({ data: '', run }), project: 'walls' }
  await project.succeed('up', '-d')
  const [port] = JSON.parse(await project.succeed('ps', 'web', '--format', 'json')).Publishers
  const ask = async () =>
    (await fetch(`http://127.0.0.1:${port.PublishedPort}`, { headers: { connection: 'close' } })).text()
  expect(await eventually(ask)).toBe('here')

  removeFirewall(owner)
  await expect(ask()).rejects.toThrow()
  expect(await eventually(ask)).toBe('here')
  const events = readFileSync(join(run, 'projects/walls/events'), 'utf8')
  expect(events).toContain('"action":"firewall"')

  await project.succeed('stop')
  await project.succeed('rm', '-f', 'spare')
  await eventually(async () =>
    expect(await project.succeed('doctor')).toContain('the rules of every project are in place'),
  )
  await eventually(async () => {
    removeFirewall(owner)
    expect(await project.succeed('plan')).toContain('firewall rules of the project are missing')
  })
  expect((await project.run(['doctor'])).stdout).toContain('rules are not in place for walls (missing)')
  await project.succeed('up', '-d')
  expect(await project.succeed('plan')).toContain('Nothing to do')
  expect((await project.run(['doctor'])).stdout).toContain('the rules of every project are in place')
})
