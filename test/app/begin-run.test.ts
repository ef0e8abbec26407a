import { expect, test } from 'vitest'
import { beginRun } from '../../src/app/begin-run.ts'
import type { FollowOptions, LogEvent } from '../../src/engine/engine.ts'
import { parseProjectName } from '../../src/model/names.ts'
import { aPlan } from '../support/plan-builders.ts'

async function* noEvents(): AsyncGenerator<LogEvent> {
  yield* []
}

test('beginRun() tells the plan, then follows from this moment on', () => {
  const told: unknown[] = []
  const { signal } = new AbortController()
  const engine = {
    follow: (project: string, options: FollowOptions) => {
      told.push([project, options])
      return noEvents()
    },
  }
  const hooks = {
    signal,
    command: 'tcompose up',
    onPlan: () => told.push('plan'),
    onEvent: () => {},
    onWait: () => {},
  }
  const run = { name: parseProjectName('shop'), plan: aPlan([]) }
  beginRun(engine, run, hooks)
  expect(told.splice(0)).toEqual(['plan'])
  const follow = { services: ['web'], silent: [], signal, onFollowed: () => told.push('followed') }
  beginRun(engine, run, { ...hooks, follow })
  expect(told).toEqual(['plan', ['shop', { services: ['web'], silent: [], signal, tail: 0 }], 'followed'])
})
