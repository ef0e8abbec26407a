import { expect, test } from 'vitest'
import type { LogEvent } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { interruptsOf, recordedOutput, recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'

/** Runs `logs -f` until `exitCode` is what an interrupt makes of it, and returns what was written to a terminal. */
async function interrupted(exitCode: number, isTerminal: boolean): Promise<readonly [number, string]> {
  const first = new AbortController()
  const app: FakeUseCases = {
    logs: async () => ({ kind: 'lines', names: [], events: endless(first) }),
  }
  const interrupts = { ...interruptsOf(first.signal), exitCode }
  const stderr = recordedOutput({ isTerminal })
  const code = await runCli({ ...recordedPorts(['logs', '-f'], app, { interrupts }), stderr })
  return [code, stderr.text]
}

async function* endless(first: AbortController): AsyncGenerator<LogEvent> {
  first.abort()
  yield* []
}

test('logs -f ends the line in which a terminal shows ^C, and exits as a process that the signal ended', async () => {
  expect(await interrupted(130, true)).toEqual([130, '\n'])
  expect(await interrupted(130, false)).toEqual([130, ''])
  expect(await interrupted(143, true)).toEqual([143, ''])
})

test('logs counts replicas from 1', async () => {
  const ports = recordedPorts(['logs', '--index', '0', 'web'])
  expect(await runCli(ports)).toBe(2)
  expect(ports.stderr.text).toContain('Expected a number of 1 or more')
})
