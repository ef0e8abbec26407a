import { expect, test } from 'vitest'
import type { App } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { recordedPorts } from '../../support/cli-ports.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

async function top(app: Partial<App>) {
  const ports = recordedPorts(['top', 'web'], app)
  return { exitCode: await runCli(ports), stdout: ports.stdout.text, stderr: ports.stderr.text }
}

const PROCESS = {
  ...{ pid: 42, parentPid: 1, uid: 0, startedAt: Date.parse('2026-11-23T08:09:10Z') },
  ...{ terminal: undefined, cpuMs: 3_723_000, command: 'sh -c true' },
}

test('top shows the processes of containers as ps(1) does', async () => {
  const containers = [
    { container: anObservedContainer('web'), processes: [PROCESS, { ...PROCESS, terminal: 'pts/0' }] },
  ]
  const { exitCode, stdout } = await top({
    processes: async () => ({ kind: 'found', containers, diagnostics: [] }) as never,
  })
  expect(exitCode).toBe(0)
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => line.trimEnd().split(/ {2,}/)),
  ).toEqual([
    ['SERVICE', '#', 'UID', 'PID', 'PPID', 'STARTED', 'TTY', 'TIME', 'CMD'],
    ['web', '1', '0', '42', '1', '08:09:10', '?', '01:02:03', 'sh -c true'],
    ['web', '1', '0', '42', '1', '08:09:10', 'pts/0', '01:02:03', 'sh -c true'],
  ])
})

test('top writes nothing where nothing runs', async () => {
  const processes = async () => ({ kind: 'found', containers: [], diagnostics: [] }) as never
  expect(await top({ processes })).toMatchObject({ exitCode: 0, stdout: '' })
})

test('top says what is wrong with the file', async () => {
  const { exitCode, stdout, stderr } = await top({
    processes: async () => ({
      kind: 'invalid',
      diagnostics: [{ severity: 'error', code: 'unknown-key', message: 'Cannot use key "imag"' }],
    }),
  })
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toContain('Cannot use key "imag"')
})
