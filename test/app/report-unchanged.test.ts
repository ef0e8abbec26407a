import { expect, test } from 'vitest'
import { reportUnchanged } from '../../src/app/report-unchanged.ts'
import { parseProjectName } from '../../src/model/names.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { planUp, toDesiredState } from '../../src/planner/index.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'
import { aPlan, aStart } from '../support/plan-builders.ts'

const desired = toDesiredState(aProject([aService('web')]), {}, sha256Hex)
const running = applyPlan(anObservedState(), planUp(desired, anObservedState()))

const cases: ReadonlyArray<{
  readonly state: string
  readonly observed: ObservedState
  readonly plan: Plan
  readonly reports: boolean
}> = [
  { state: 'a project that is as it should be', observed: running, plan: aPlan([]), reports: true },
  {
    state: 'a project with a step to do',
    observed: running,
    plan: aPlan([aStart(1, 'web')]),
    reports: false,
  },
  { state: 'a project that has nothing', observed: anObservedState(), plan: aPlan([]), reports: false },
]
for (const { state, observed, plan, reports } of cases) {
  test(`reportUnchanged() ${reports ? 'reports' : 'leaves to the lock'} ${state}`, async () => {
    const shown: Plan[] = []
    const result = await reportUnchanged(
      memoryContext({ files: {} }, { observe: async () => observed }),
      {
        name: parseProjectName('shop'),
        project: undefined,
        origins: new Map(),
        diagnostics: [],
        images: [],
        plan: () => plan,
      },
      {
        signal: new AbortController().signal,
        command: 'tcompose up -d',
        onPlan: planned => shown.push(planned),
        onEvent: () => {},
        onWait: () => {},
      },
    )
    expect(result?.kind).toBe(reports ? 'ran' : undefined)
    expect(shown).toEqual(reports ? [plan] : [])
  })
}
