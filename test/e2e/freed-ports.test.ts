import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { TestProject } from '../support/test-project.ts'

function compose(port: number, command: string): string {
  return `
name: freed
services:
  web:
    image: rootfs:/
    init: true
    command: [sh, -c, "${command}"]
    stop_signal: SIGKILL
    ports: ["127.0.0.1:${port}:80"]
`
}

async function stateOf(project: TestProject): Promise<string> {
  return JSON.parse(await project.succeed('ps', '-a', '--format', 'json')).State
}

test('up replaces a container that has exited, although its port is held for it', async () => {
  const port = await freePort()
  await using project = new TestProject({ compose: compose(port, 'exit 1') })
  await project.succeed('up', '-d')
  await eventually(async () => expect(await stateOf(project)).toBe('exited'))
  expect(JSON.parse(await project.succeed('ps', '-a', '--format', 'json')).Publishers).toEqual([])
  writeFileSync(join(project.folder, 'compose.yaml'), compose(port, 'sleep 600'))
  await project.succeed('up', '-d')
  expect(await stateOf(project)).toBe('running')
})

test('stop leaves the published port to other programs of the host', async () => {
  const port = await freePort()
  await using project = new TestProject({ compose: compose(port, 'sleep 600') })
  await project.succeed('up', '-d')
  await project.succeed('stop')
  const server = createServer((_, response) => response.end('of the host'))
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  try {
    const answer = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(5000) })
    expect(await answer.text()).toBe('of the host')
  } finally {
    server.close()
  }
  expect((await project.run(['doctor'])).stdout).not.toContain('not in place for freed')
})
