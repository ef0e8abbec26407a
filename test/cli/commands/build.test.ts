import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { memoryContext } from '../../support/memory-context.ts'

async function build(text: string, ...args: readonly string[]) {
  const context = memoryContext({ files: { 'compose.yaml': text } })
  const ports = recordedPorts(
    ['build', ...args],
    {},
    { call: (useCase, ...given) => useCase(context, ...given) },
  )
  return { exitCode: await runCli(ports), stderr: ports.stderr.text }
}

test('build ends with 0 where nothing is to be built', async () => {
  expect(await build('services: {web: {image: a}}\n', '--pull', '--build-arg', 'A=1', 'web')).toEqual({
    exitCode: 0,
    stderr: 'No services to build\n',
  })
})

test('build refuses a service that is built, with its place', async () => {
  const { exitCode, stderr } = await build('services: {web: {build: .}}\n')
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/TC1010.*"build" of service "web"/)
  expect(stderr).toContain('compose.yaml:1:')
})

test('build refuses a service that there is not', async () => {
  const { exitCode, stderr } = await build('services: {web: {image: a}}\n', 'wbe')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Cannot find service "wbe"')
})
