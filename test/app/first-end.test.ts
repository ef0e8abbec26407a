import { describe, expect, test } from 'vitest'
import { firstEnd } from '../../src/app/first-end.ts'
import type { ProjectRequest } from '../../src/app/project-request.ts'
import type { ContainerState, ObservedContainer } from '../../src/model/observed-state.ts'
import { planUp, toDesiredState } from '../../src/planner/index.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const desired = toDesiredState(aProject([aService('a'), aService('b'), aService('c')]), {}, sha256Hex)
const { containers } = applyPlan(anObservedState(), planUp(desired, anObservedState()))

const RUNNING: ContainerState = { kind: 'running', pid: 1, startedAt: 0 }

function exited(exitCode: number | undefined): ContainerState {
  return { kind: 'exited', exitCode, finishedAt: 1, outOfMemory: false }
}

/** The container of service `name` in another state. */
function one(name: string, state: ContainerState): ObservedContainer {
  const found = containers.find(({ service }) => service === name)
  if (found === undefined) throw new Error(`no container of ${name}`)
  return { ...found, state }
}

/** Waits for a failure while `told` ends are told, one after the other, and `seen` is what each look finds. */
async function failureOf(
  told: readonly ObservedContainer[],
  seen: readonly (readonly ObservedContainer[])[],
  services: readonly string[] = [],
) {
  const looks = [...seen]
  const compose = 'services: {a: {image: x}, b: {image: x}, c: {image: x}}\n'
  const context = memoryContext(
    { files: { 'compose.yaml': compose } },
    {
      observe: async () => anObservedState({ containers: looks.shift() ?? [] }),
      ends: async function* () {
        yield* told
      },
    },
  )
  const request: ProjectRequest = {
    files: [],
    projectName: 'shop',
    projectDirectory: undefined,
    profiles: [],
    envFiles: [],
    allowUnsupported: false,
  }
  const signal = new AbortController().signal
  return await firstEnd(context, request, { services, isFailureOnly: true, signal })
}

describe('firstEnd() of failures', () => {
  test('is the container that failed', async () => {
    const failed = one('b', exited(3))
    expect(await failureOf([one('a', exited(0)), failed], [[one('b', RUNNING)]])).toEqual({
      kind: 'ended',
      container: failed,
    })
  })

  test('ends when the last container has succeeded, not before its end is told', async () => {
    const [a, b] = [one('a', exited(0)), one('b', exited(0))]
    const unwritten = one('b', exited(undefined))
    expect(
      await failureOf(
        [a, b],
        [
          [a, unwritten],
          [a, b],
        ],
      ),
    ).toEqual({ kind: 'succeeded' })
    expect(await failureOf([a], [[a, unwritten]])).toEqual({ kind: 'aborted' })
  })

  test('waits for none that did not start, and none of another service', async () => {
    const a = one('a', exited(0))
    expect(await failureOf([a], [[a, one('b', { kind: 'created' })]])).toEqual({ kind: 'succeeded' })
    expect(await failureOf([a], [[a, one('c', RUNNING)]], ['a'])).toEqual({ kind: 'succeeded' })
  })
})
