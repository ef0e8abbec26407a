import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { containerLayout } from '../../../../src/engine/local/state/layout.ts'
import { readRestartRecord } from '../../../../src/engine/local/state/live-files.ts'
import { Restarter } from '../../../../src/engine/local/supervisor/restarter.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { CONTAINER_ID } from '../../../support/container-input.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('Restarter starts a container again although its decision cannot be written, and waits longer each time', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const layout = containerLayout(roots, parseProjectName('shop'), CONTAINER_ID)
  mkdirSync(layout.runDir, { recursive: true })
  for (const path of [layout.live, layout.launch]) writeFileSync(path, '')
  // Where the record's temporary file is to be.
  mkdirSync(`${layout.restarts}.tmp`)
  const clock = new FakeClock()
  const [launches, reports]: [number[], unknown[]] = [[], []]
  const restarter = new Restarter({
    id: CONTAINER_ID,
    layout,
    clock,
    keeper: { launch: async () => void launches.push(clock.now()), signal: async () => {} } as never,
    report: error => reports.push(error),
    onRestarted: () => {},
    lookAgain: () => {},
  })
  const end = () => ({
    policy: { kind: 'on-failure', maxRetries: 3 } as const,
    process: undefined,
    isUnhealthy: false,
    wasOutOfMemory: false,
    exit: { waitStatus: 256, exitCode: 1, finishedAt: clock.now() },
  })
  for (const delayMs of [100, 200, 400]) {
    expect(restarter.afterEnd(end())).toBe(clock.now() + delayMs)
    expect(restarter.isBusy).toBe(true)
    await clock.advance(delayMs)
  }
  expect(restarter.afterEnd(end())).toBe(undefined)
  expect([launches.length, reports.length > 0]).toEqual([3, true])
  rmSync(`${layout.restarts}.tmp`, { recursive: true })
  restarter.afterEnd(end())
  expect(readRestartRecord(layout.restarts)).toMatchObject({
    ...{ count: 3, nextAt: undefined, cause: { kind: 'ended', exitCode: 1 } },
  })
})
