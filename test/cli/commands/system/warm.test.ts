import { expect, test } from 'vitest'
import { runCli } from '../../../../src/cli/run-cli.ts'
import type { WarmStatus } from '../../../../src/warm/ask-warm-process.ts'
import { recordedPorts } from '../../../support/cli-ports.ts'

const STATUS: WarmStatus = {
  pid: 4711,
  startedAt: Date.parse('2026-11-23T11:57:00Z'),
  commands: 1,
  residentBytes: 61_000_000,
  withProjects: false,
}

const NONE = recordedPorts([]).warm

test('system warm starts the process', async () => {
  const ports = recordedPorts(['system', 'warm'], {}, { warm: { ...NONE, start: async () => STATUS } })
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toBe(
    'Process 4711 runs the commands that follow, until it has none for 5 minutes\n',
  )
})

test('system warm describes the process that is there', async () => {
  const ports = recordedPorts(['system', 'warm'], {}, { warm: { ...NONE, describe: async () => STATUS } })
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toBe(
    'Process 4711 is warm: it started 3 minutes ago, ran 1 command and takes 61MB\n',
  )
})

test('system warm replaces a process that would end with the last project', async () => {
  const warm = {
    ...NONE,
    describe: async () => ({ ...STATUS, withProjects: true }),
    start: async () => STATUS,
  }
  const ports = recordedPorts(['system', 'warm'], {}, { warm })
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toMatch(/^Process 4711 runs the commands that follow/)
})

test('system warm --serve is that process, until it is interrupted', async () => {
  const signals: AbortSignal[] = []
  const serve = async (signal: AbortSignal, withProjects: boolean): Promise<void> => {
    if (!withProjects) signals.push(signal)
  }
  const ports = recordedPorts(['system', 'warm', '--serve'], {}, { warm: { ...NONE, serve } })
  expect([await runCli(ports), ports.stdout.text]).toEqual([0, ''])
  expect(signals).toEqual([ports.interrupts.first])
})
