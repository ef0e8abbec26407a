import { expect, test } from 'vitest'
import type { LogEvent } from '../../../src/app/index.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { interruptsOf, recordedOutput, recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'

/** Runs `logs -f` until `exitCode` is what an interrupt makes of it, and returns what was written to a terminal. */
async function interrupted(exitCode: number, isTerminal: boolean): Promise<readonly [number, string]> {
  const first = new AbortController()
  const app: FakeUseCases = {
    logs: async () => ({ kind: 'lines', names: [], unkept: [], events: endless(first) }),
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

const ORIGIN = { container: containerIdOf(1), name: 'shop-web-1', service: 'web', number: 1 }

async function* events(): AsyncGenerator<LogEvent> {
  yield { kind: 'line', ...ORIGIN, stream: 'stderr', time: '2026-11-23T12:00:00.000000001Z', text: 'a "b"' }
  yield { kind: 'end', ...ORIGIN, exitCode: undefined, isRestarting: true }
}

test('logs --json writes a line of JSON for each line and each end to standard output', async () => {
  const app: FakeUseCases = {
    logs: async () => ({ kind: 'lines', names: [], unkept: [], events: events() }),
  }
  const ports = recordedPorts(['logs', '--json'], app)
  expect(await runCli(ports)).toBe(0)
  const origin = { container: 'shop-web-1', service: 'web', number: 1 }
  expect(
    ports.stdout.text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual([
    { time: '2026-11-23T12:00:00.000000001Z', ...origin, stream: 'stderr', line: 'a "b"' },
    { ...origin, exitCode: null, restarting: true },
  ])
  expect(ports.stderr.text).toBe('')
})

test('logs names the containers that keep none', async () => {
  const app: FakeUseCases = {
    logs: async (_request, { sinceUp }) => ({
      kind: 'lines',
      names: [],
      unkept: sinceUp ? ['shop-web-1'] : [],
      events: (async function* () {})(),
    }),
  }
  const ports = recordedPorts(['logs', '--since-up'], app)
  expect(await runCli(ports)).toBe(0)
  expect(ports.stderr.text).toBe('shop-web-1 keeps no logs: its log driver is "none"\n')
})
