import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { endOrphan, signalOrphan } from '../../../../src/engine/local/apply/end-orphan.ts'
import { readProcessStat } from '../../../../src/linux/process-stat.ts'
import type { PidRecord } from '../../../../src/runtime/keeper/process-files.ts'

const SIGTERM = 15

function recordOf({ pid = -1 }: ChildProcess): PidRecord {
  return { pid, startTime: readProcessStat(pid)?.startTime ?? 0, startedAt: 0 }
}

async function deaf(): Promise<ChildProcess> {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo deaf; exec sleep 60'])
  await once(child.stdout, 'data')
  return child
}

test('endOrphan() asks by the signal and sees the end', async () => {
  const child = spawn('sleep', ['60'])
  const ended = once(child, 'exit')
  expect(await endOrphan(recordOf(child), { signal: SIGTERM, graceMs: 5000 })).toBe('ended')
  expect(await ended).toEqual([null, 'SIGTERM'])
})

test('endOrphan() kills after the grace period', async () => {
  const child = await deaf()
  const ended = once(child, 'exit')
  expect(await endOrphan(recordOf(child), { signal: SIGTERM, graceMs: 50 })).toBe('killed')
  expect(await ended).toEqual([null, 'SIGKILL'])
})

test('endOrphan() leaves a process alone when it is cancelled in the grace period', async () => {
  const child = await deaf()
  const controller = new AbortController()
  const ending = endOrphan(recordOf(child), { signal: SIGTERM, graceMs: 60_000, cancel: controller.signal })
  controller.abort()
  await expect(ending).rejects.toThrow('aborted')
  expect(child.exitCode ?? child.signalCode).toBeNull()
  child.kill('SIGKILL')
})

test('signalOrphan() spares another process that got the pid', async () => {
  const child = spawn('sleep', ['60'])
  const record = recordOf(child)
  expect(signalOrphan({ ...record, startTime: record.startTime + 1 }, SIGTERM)).toBe(false)
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([null, 'SIGINT'])
})
