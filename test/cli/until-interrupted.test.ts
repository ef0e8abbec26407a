import { expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { interruptsOf, recordedPorts } from '../support/cli-ports.ts'

test('untilInterrupted() lets the first Ctrl-C end a command that cannot be cancelled, with 130', async () => {
  const first = new AbortController()
  const ports = recordedPorts(
    ['ps'],
    {
      findContainers: () => {
        queueMicrotask(() => first.abort())
        return new Promise(() => {})
      },
    },
    { interrupts: interruptsOf(first.signal) },
  )
  expect(await runCli(ports)).toBe(130)
  expect([ports.stdout.text, ports.stderr.text]).toEqual(['', ''])
})
