import { expect, test } from 'vitest'
import type { ObservedState } from '../../src/model/observed-state.ts'
import type { RestartPolicy } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planRestart } from '../../src/planner/plan-restart.ts'
import { planResume } from '../../src/planner/plan-resume.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const POLICIES: readonly RestartPolicy[] = [
  { kind: 'no' },
  { kind: 'always' },
  { kind: 'unless-stopped' },
  { kind: 'on-failure', maxRetries: 0 },
]

const project = aProject(
  POLICIES.map(restart =>
    aService(restart.kind, {
      restart,
      dependsOn: restart.kind === 'always' ? [aDependency('unless-stopped')] : [],
    }),
  ),
)
const desired = toDesiredState(project, {}, sha256Hex)

/** What is known after a reboot of containers that ran before it, but for `stopped`. */
function afterReboot(stopped: readonly string[] = []): ObservedState {
  const running = applyPlan(anObservedState(), planUp(desired, anObservedState()))
  return {
    ...running,
    networks: new Map(
      [...desired.networks].map(([key, { network, configHash }]) => [
        key,
        { key, name: network.name, configHash, network, intact: false },
      ]),
    ),
    containers: running.containers.map(container => ({
      ...container,
      state: { kind: 'created' },
      ...(container.service !== 'no' && !stopped.includes(container.service) && { isWanted: true }),
    })),
  }
}

function linesOf(observed: ObservedState): readonly string[] {
  return planToText(planResume(observed)).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

test('planResume() makes networks again and starts what has a restart policy, behind its dependencies', () => {
  const lines = linesOf(afterReboot())
  expect(lines[0]).toMatch(/^1 {2}\S+ +create network +\(not intact\)$/)
  expect(lines.slice(1).map(line => line.replace(/ {2,}/g, '  '))).toEqual([
    '2  unless-stopped-1  start container  (resume)  <- 1',
    '3  always-1  start container  (resume)  <- 2',
    '4  on-failure-1  start container  (resume)  <- 1',
  ])
})

test('planResume() leaves what was stopped, but for the policy always', () => {
  const lines = linesOf(afterReboot(['always', 'unless-stopped', 'on-failure']))
  expect(lines.filter(line => line.includes('start container'))).toEqual([
    expect.stringContaining('always-1'),
  ])
})

test('planResume() has nothing to do where all runs', () => {
  const running = applyPlan(anObservedState(), planUp(desired, anObservedState()))
  expect(planResume(running).steps).toEqual([])
})

test('planRestart() makes networks again that were lost', () => {
  expect(planRestart(afterReboot()).steps[0]?.action.kind).toBe('create-network')
})
