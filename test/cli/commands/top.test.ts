import { expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

async function runTop(top: FakeUseCases['top']) {
  const ports = recordedPorts(['top', 'web'], { top })
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, stderr: ports.stderr.text }
}

test('top shows the processes of each container beside its service and number', async () => {
  const processes = {
    titles: ['PID', 'CMD'],
    rows: [
      ['7', 'sleep 600'],
      ['42', 'sh -c true'],
    ],
  }
  const containers = [{ container: anObservedContainer('web'), processes }]
  const { exitCode, stdout } = await runTop(async () => ({ kind: 'found', containers }))
  expect(exitCode).toBe(0)
  const cells = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.trimEnd().split(/ {2,}/))
  expect(cells).toEqual([
    ['SERVICE', '#', 'PID', 'CMD'],
    ['web', '1', '7', 'sleep 600'],
    ['web', '1', '42', 'sh -c true'],
  ])
})

test('top writes nothing where nothing runs', async () => {
  expect(await runTop(async () => ({ kind: 'found', containers: [] }))).toMatchObject({
    exitCode: 0,
    stdout: '',
  })
})

test('top reports what is wrong with the file', async () => {
  const { exitCode, stdout, stderr } = await runTop(async () => ({
    kind: 'invalid',
    diagnostics: [{ severity: 'error', code: 'unknown-key', message: 'Cannot use key "imag"' }],
  }))
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Cannot use key "imag"')
})
