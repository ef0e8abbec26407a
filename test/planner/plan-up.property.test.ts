import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ObservedState } from '../../src/model/observed-state.ts'
import type { Project } from '../../src/model/project.ts'
import { type DesiredState, toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan, Step } from '../../src/planner/plan.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { arbitraryObserved, arbitraryProject } from '../support/arbitrary-project.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const RUNS = { numRuns: 300 }

const desired = (project: Project): DesiredState => toDesiredState(project, {}, sha256Hex)

test('planUp() has nothing to do in a snapshot to which its own plan was applied', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryObserved, (project, observed) => {
      const after = applyPlan(observed, planUp(desired(project), observed))
      expect(planUp(desired(project), after).steps).toEqual([])
    }),
    RUNS,
  )
})

test('planUp() converges from every point at which its plan may be cut off', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryObserved, fc.nat(60), (project, observed, cut) => {
      const plan = planUp(desired(project), observed)
      const half = applyPlan(observed, plan, cut % (plan.steps.length + 1))
      const after = applyPlan(half, planUp(desired(project), half))
      expect(planUp(desired(project), after).steps).toEqual([])
    }),
    RUNS,
  )
})

test('planUp() gives the same plan whatever the order of its input', () => {
  fc.assert(
    fc.property(
      arbitraryProject,
      arbitraryObserved,
      fc.infiniteStream(fc.nat()),
      (project, observed, seeds) => {
        const order = (): number => seeds.next().value ?? 0
        const plan = planUp(desired(project), observed)
        const shuffledPlan = planUp(desired(shuffledProject(project, order)), shuffledState(observed, order))
        expect(shuffledPlan).toEqual(plan)
        expect(shuffledPlan.steps.map(({ action }) => action.kind)).toEqual(
          plan.steps.map(({ action }) => action.kind),
        )
      },
    ),
    RUNS,
  )
})

test('planUp() orders its steps so that each depends on earlier ones only', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryObserved, (project, observed) => {
      const { steps } = planUp(desired(project), observed)
      expect(steps.map(step => step.id)).toEqual(steps.map((_, index) => index + 1))
      for (const step of steps) for (const id of step.dependsOn) expect(id).toBeLessThan(step.id)
    }),
    RUNS,
  )
})

test('planUp() starts no container before what it depends on has started and met its condition', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryObserved, (project, observed) => {
      const plan = planUp(desired(project), observed)
      for (const start of plan.steps) {
        if (start.action.kind !== 'start-container') continue
        expect(missingGates(project, plan, start)).toEqual([])
      }
    }),
    RUNS,
  )
})

test('planUp() changes none of its input', () => {
  fc.assert(
    fc.property(arbitraryProject, arbitraryObserved, (project, observed) => {
      const wanted = toDesiredState(deepFreeze(project), {}, sha256Hex)
      planUp(deepFreeze(wanted), deepFreeze(observed), deepFreeze({ removeOrphans: true }))
    }),
    RUNS,
  )
})

test('planUp() plans 200 services that wait for each other in far less than a second', () => {
  const names = Array.from({ length: 200 }, (_, index) => `s${String(index).padStart(3, '0')}`)
  const services = names.map((name, index) =>
    aService(name, {
      dependsOn: names.slice(Math.max(0, index - 5), index).map(other => aDependency(other)),
    }),
  )
  const wanted = desired(aProject(services))
  const { steps } = planUp(wanted, anObservedState())
  expect(steps.filter(({ action }) => action.kind === 'start-container')).toHaveLength(200)
})

/** Returns the dependencies that `start` goes ahead of: nothing in the plan holds it back until they are ready. */
function missingGates(project: Project, plan: Plan, start: Step): readonly string[] {
  const { action } = start
  if (action.kind !== 'start-container') return []
  const behind = stepsBehind(plan, start)
  const dependencies = project.services.get(action.replica.service)?.dependsOn ?? []
  return dependencies
    .filter(({ service, condition, required }) => {
      const starts = plan.steps.filter(
        ({ action }) => action.kind === 'start-container' && action.replica.service === service,
      )
      const isAwaited = behind.some(
        ({ action }) =>
          action.kind === 'await-service' && action.service === service && action.condition === condition,
      )
      const isMustWait = starts.length > 0 && !(condition === 'service_started' && required)
      return !starts.every(step => behind.includes(step)) || (isMustWait && !isAwaited)
    })
    .map(({ service }) => service)
}

function stepsBehind(plan: Plan, step: Step): readonly Step[] {
  const found = new Set<number>(step.dependsOn)
  for (const id of found) for (const earlier of plan.steps[id - 1]?.dependsOn ?? []) found.add(earlier)
  return plan.steps.filter(({ id }) => found.has(id))
}

function shuffledProject(project: Project, order: () => number): Project {
  return {
    ...project,
    services: shuffledMap(project.services, order),
    networks: shuffledMap(project.networks, order),
    volumes: shuffledMap(project.volumes, order),
  }
}

function shuffledState(state: ObservedState, order: () => number): ObservedState {
  return {
    ...state,
    images: shuffledMap(state.images, order),
    networks: shuffledMap(state.networks, order),
    volumes: shuffledMap(state.volumes, order),
    containers: shuffled(state.containers, order),
  }
}

function shuffledMap<T>(map: ReadonlyMap<string, T>, order: () => number): ReadonlyMap<string, T> {
  return new Map(shuffled([...map], order))
}

function shuffled<T>(items: readonly T[], order: () => number): readonly T[] {
  return items
    .map(item => ({ item, place: order() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
