import { expect, test } from 'vitest'
import { writeVolatileRecord } from '../../../../src/disk/record-file.ts'
import { endedRun } from '../../../../src/engine/local/state/ended-run.ts'
import type { HealthRecord } from '../../../../src/engine/local/state/live-record.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const run = { pid: 7, startedAt: 5000 } as never
const restart = { kind: 'no' } as const
const reaction = (kind: 'restart' | 'stop') => ({ kind, signal: 15, graceMs: 100 })

const cases = [
  { reaction: undefined, status: 'unhealthy', ofRun: 5000, restarts: false },
  { reaction: reaction('restart'), status: 'unhealthy', ofRun: 5000, restarts: true },
  { reaction: reaction('restart'), status: 'healthy', ofRun: 5000, restarts: false },
  { reaction: reaction('restart'), status: 'unhealthy', ofRun: 4000, restarts: false },
  { reaction: reaction('stop'), status: 'unhealthy', ofRun: 5000, restarts: false },
] as const
for (const { reaction: onUnhealthy, status, ofRun, restarts } of cases) {
  const which = ofRun === 5000 ? 'this' : 'an earlier'
  const about = `${status} in ${which} run, reaction ${onUnhealthy?.kind ?? 'none'}`
  test(`endedRun() ${restarts ? 'restarts whatever the policy is' : 'leaves it to the policy'}: ${about}`, () => {
    using folder = temporaryFolder()
    const health = `${folder.path}/health.json`
    const record: HealthRecord = { version: 1, status, failingStreak: 1, log: [], runStartedAt: ofRun }
    writeVolatileRecord(health, record)
    expect(endedRun({ health }, { restart, ...(onUnhealthy && { onUnhealthy }) }, run)).toEqual({
      ...{ process: run, policy: restarts ? { kind: 'always' } : restart, isUnhealthy: restarts },
    })
  })
}
