import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { TestProject } from '../support/test-project.ts'

test('examples/hello counts its visitors across down and up', async () => {
  const port = await freePort()
  await using project = new TestProject({
    folder: resolve(import.meta.dirname, '../../examples/hello'),
    env: { HELLO_PORT: String(port) },
  })
  const visit = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}`)).text()
  await project.succeed('up', '-d', '--wait')
  expect(await visit()).toBe('Hello! You are visitor 1.\n')
  expect(await visit()).toBe('Hello! You are visitor 2.\n')
  await project.succeed('down')
  await project.succeed('up', '-d', '--wait')
  expect(await visit()).toBe('Hello! You are visitor 3.\n')
})
