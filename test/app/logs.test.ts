import { expect, test } from 'vitest'
import { type LogsOptions, logs } from '../../src/app/logs.ts'
import type { FollowOptions, LogEvent, LogSelection } from '../../src/engine/engine.ts'
import { containerIdOf } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'

const ORIGIN = { container: containerIdOf(1), name: 'shop-web-1', service: 'web', number: 1 }

function lineAt(time: string): LogEvent & { readonly kind: 'line' } {
  return { kind: 'line', ...ORIGIN, stream: 'stdout', time, text: time }
}

const LINES = ['2026-11-23T12:00:00Z', '2026-11-23T12:00:01Z', '2026-11-23T12:00:02Z'].map(lineAt)

/** Returns what `logs` asks of the engine, and the kinds and times of what it yields. */
async function asked(changes: Partial<LogsOptions>) {
  const calls: (readonly [string, FollowOptions | LogSelection])[] = []
  const context = memoryContext(
    { files: {} },
    {
      observe: async () => anObservedState(),
      logs: async function* (_project, selection) {
        calls.push(['logs', selection])
        yield* LINES
      },
      follow: async function* (_project, options) {
        calls.push(['follow', options])
        yield* LINES
        yield { kind: 'end', ...ORIGIN, exitCode: 0, isRestarting: false }
      },
    },
  )
  const request = {
    files: [],
    projectName: 'shop',
    projectDirectory: undefined,
    profiles: [],
    envFiles: [],
    allowUnsupported: false,
  }
  const { signal } = new AbortController()
  const options = { services: [], follow: false, tail: undefined, signal, ...changes }
  const result = await logs(context, request, options)
  const events: string[] = []
  if (result.kind === 'lines')
    for await (const event of result.events)
      events.push(event.kind === 'line' ? event.time.slice(17, 19) : 'end')
  return { calls, events }
}

test('logs() has the engine choose containers and last lines', async () => {
  const { calls, events } = await asked({ services: ['web'], index: 2, tail: 5 })
  expect(calls).toEqual([['logs', { services: ['web'], index: 2, tail: 5 }]])
  expect(events).toEqual(['00', '01', '02'])
})

test('logs() of a span of time leaves out other lines, and no end', async () => {
  const { calls, events } = await asked({
    follow: true,
    since: '2026-11-23T12:00:01Z',
    until: '2026-11-23T12:00:01Z',
  })
  expect(calls[0]?.[0]).toBe('follow')
  expect(events).toEqual(['01', 'end'])
})
