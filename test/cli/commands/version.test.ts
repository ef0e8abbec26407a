import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'

async function version(...args: readonly string[]) {
  const ports = recordedPorts(['version', ...args])
  return { exitCode: await runCli(ports), stdout: ports.stdout.text }
}

test('version shows that of tcompose to people, and that of the Compose interface to scripts', async () => {
  const { exitCode, stdout } = await version()
  expect(exitCode).toBe(0)
  expect(stdout).toContain('1.2.3')
  expect(await version('--format', 'pretty')).toEqual({ exitCode: 0, stdout })
  const { stdout: short } = await version('--short')
  expect(short).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(JSON.parse((await version('-f', 'json')).stdout)).toEqual({
    version: short.trim(),
    tcompose: '1.2.3',
  })
  expect((await version('--format', 'yaml')).exitCode).toBe(2)
})
