import { expect, test } from 'vitest'
import type { StepEvent } from '../../../src/app/index.ts'
import { millisOf } from '../../../src/base/millis.ts'
import { servicePath } from '../../../src/base/model-path.ts'
import { StopCountdown } from '../../../src/cli/attach/stop-countdown.ts'
import { containerIdOf } from '../../support/apply-plan.ts'

function scene(graces: Readonly<Record<string, number>> = {}) {
  const clock = { now: 1000 }
  const byPath = new Map(Object.entries(graces).map(([name, graceMs]) => [servicePath(name), graceMs]))
  const countdown = new StopCountdown({ project: 'shop', graces: byPath, now: () => clock.now })
  const step = (service: string, graceMs?: number) => ({
    ...{ id: 1, dependsOn: [], cause: 'stop', origin: servicePath(service) },
    action: {
      ...{ kind: 'stop-container', id: containerIdOf(1), name: `shop-${service}-1` },
      grace: graceMs === undefined ? undefined : millisOf(graceMs),
    },
  })
  const begin = (service: string, graceMs?: number): void =>
    countdown.take({ kind: 'step-started', step: step(service, graceMs) } as unknown as StepEvent)
  const end = (service: string): void =>
    countdown.take({ kind: 'step-finished', step: step(service) } as unknown as StepEvent)
  return { clock, countdown, begin, end }
}

test('StopCountdown counts down to the last of the grace periods: of the command, of the file, or the usual one', () => {
  const { clock, countdown, begin, end } = scene({ web: 3000 })
  expect(countdown.text(80, false)).toBe('Stopping')
  begin('web')
  begin('db')
  expect(countdown.text(80, false)).toBe('Stopping web-1, db-1: 10 s until SIGKILL')
  end('db')
  clock.now += 1500
  expect(countdown.text(80, false)).toBe('Stopping web-1: 2 s until SIGKILL')
  begin('cache', 60_000)
  expect(countdown.text(80, false)).toBe('Stopping web-1, cache-1: 60 s until SIGKILL')
})

test('StopCountdown says that it kills once the time is over, and after a second interrupt', () => {
  const { clock, countdown, begin } = scene({ web: 3000 })
  begin('web')
  expect(countdown.text(80, true)).toBe('Killing web-1')
  clock.now += 3000
  expect(countdown.text(80, false)).toBe('Killing web-1')
})

test('StopCountdown names as many containers as fit', () => {
  const { countdown, begin } = scene()
  for (const service of ['first', 'second', 'third', 'fourth']) begin(service)
  expect(countdown.text(57, false)).toBe('Stopping first-1, second-1 and 2 more: 10 s until SIGKILL')
  expect(countdown.text(47, false)).toBe('Stopping first-1 and 3 more: 10 s until SIGKILL')
  expect(countdown.text(46, false)).toBe('Stopping 4 containers: 10 s until SIGKILL')
})
